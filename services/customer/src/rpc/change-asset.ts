import type { AssetService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeAsset as change } from "../domain/asset.ts";
import { toMessage } from "./asset-message.ts";

export function changeAsset({ assets, now }: Context): Handlers<typeof AssetService>["changeAsset"] {
  return async ({ assetId, product, serial, site, installedOn, warrantyUntil, state }, call) => {
    const facts = { product, serial, site, installedOn, warrantyUntil, state: state === "retired" ? "retired" : "in_use" } as const;
    return { asset: toMessage(await assets.update(call, assetId, (asset) => change(asset, facts, now()))) };
  };
}
