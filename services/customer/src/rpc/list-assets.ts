import { messageOf } from "@trunkline/proto";
import { AssetSchema, type ListAssetsRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import { newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";
import { checkVisible } from "./check-visible.ts";

export async function listAssets(
  { assets, customers }: Context,
  { customerId, pageSize, pageToken }: ListAssetsRequest,
  { tenant, principal }: CallContext,
) {
  await checkVisible(customers, tenant, customerId, principal);
  const page = await assets.page(tenant, { customerId }, newestFirst("createdAt", { pageSize, pageToken }));
  return { assets: page.items.map((one) => messageOf(AssetSchema, one)), nextPageToken: page.nextToken };
}
