import { messageOf } from "@trunkline/proto";
import { AssetSchema, type ChangeAssetRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeAsset as change } from "../domain/asset.ts";

export async function changeAsset(
  { assets, now }: Context,
  { assetId, product, serial, site, installedOn, warrantyUntil, state }: ChangeAssetRequest,
  call: CallContext,
) {
  const facts = { product, serial, site, installedOn, warrantyUntil, state: state === "retired" ? "retired" : "in_use" } as const;
  return { asset: messageOf(AssetSchema, await assets.update(call, assetId, (asset) => change(asset, facts, now()))) };
}
