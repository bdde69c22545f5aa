import { messageOf } from "@trunkline/proto";
import { AssetSchema, type CreateAssetRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { createAsset as create } from "../domain/asset.ts";

export async function createAsset(
  { assets, customers, now }: Context,
  { customerId, product, serial, site, installedOn, warrantyUntil }: CreateAssetRequest,
  call: CallContext,
) {
  await customers.get(call.tenant, customerId);
  const id = createId(call, now());
  const asset = create({ id, customerId, product, serial, site, installedOn, warrantyUntil }, now());
  return { asset: messageOf(AssetSchema, await assets.create(call, id, asset)) };
}
