import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AssetSchema } from "@trunkline/proto/customer";
import type { Asset } from "../domain/asset.ts";

export function toMessage({ id, createdAt, ...asset }: Asset): MessageInitShape<typeof AssetSchema> {
  return { assetId: id, createdAt: timestampFromMs(createdAt), ...asset };
}
