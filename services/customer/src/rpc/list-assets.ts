import type { AssetService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./asset-message.ts";
import { checkVisible } from "./check-visible.ts";

export function listAssets({ assets, customers }: Context): Handlers<typeof AssetService>["listAssets"] {
  return async ({ customerId, pageSize, pageToken }, { tenant, principal }) => {
    await checkVisible(customers, tenant, customerId, principal);
    const page = await assets.pageByCustomer(tenant, customerId, pageSize, pageToken);
    return { assets: page.items.map(toMessage), nextPageToken: page.nextToken };
  };
}
