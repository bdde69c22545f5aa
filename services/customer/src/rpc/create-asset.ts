import type { AssetService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { createAsset as create } from "../domain/asset.ts";
import { toMessage } from "./asset-message.ts";

export function createAsset({ assets, customers, now }: Context): Handlers<typeof AssetService>["createAsset"] {
  return async ({ customerId, product, serial, site, installedOn, warrantyUntil }, call) => {
    await customers.get(call.tenant, customerId);
    const id = createId(call, now());
    const asset = create({ id, customerId, product, serial, site, installedOn, warrantyUntil }, now());
    return { asset: toMessage(await assets.create(call, id, asset)) };
  };
}
