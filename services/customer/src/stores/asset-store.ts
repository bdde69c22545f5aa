import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { AssetEventSchema } from "@trunkline/proto/customer";
import { type AggregateStore, newestFirst, type StoreBackend } from "@trunkline/store";
import type { Asset, AssetEvent } from "../domain/asset.ts";

export const assetTopic = topic("customer.asset", AssetEventSchema);

export type AssetStore = AggregateStore<Asset, AssetEvent> & {
  /** Of one customer, the one entered last first, at most 200. */
  inUse(tenant: string, customerId: string): Promise<readonly Asset[]>;
};

export async function openAssetStore(backend: StoreBackend): Promise<AssetStore> {
  const store = await backend.aggregates<Asset, AssetEvent, typeof AssetEventSchema>({
    name: "assets",
    noun: "asset",
    indexes: [
      { tenant: 1, customerId: 1, createdAt: -1, _id: -1 },
      { tenant: 1, customerId: 1, state: 1, createdAt: -1, _id: -1 },
    ],
    topic: assetTopic,
    // Where it stands may be somebody's home: no event says it.
    encode: ({ type, asset }) => caseOf(AssetEventSchema, { ...asset, type }),
  });
  return {
    ...store,
    inUse: async (tenant, customerId) => (await store.page(tenant, { customerId, state: "in_use" }, newestFirst("createdAt", 200))).items,
  };
}
