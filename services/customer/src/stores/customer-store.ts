import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { topic } from "@trunkline/events";
import type { AggregateStore, Page, StoreBackend } from "@trunkline/mongo";
import { CustomerEventSchema } from "@trunkline/proto/customer";
import { Schema } from "mongoose";
import type { Customer, CustomerEvent } from "../domain/customer.ts";
import { keyOf, type Searched } from "../domain/search-keys.ts";
import type { SegmentFilter } from "./segment-store.ts";

export const customerTopic = topic("customer.customer", CustomerEventSchema);

export type CustomerStore = AggregateStore<Customer, CustomerEvent> & {
  /** Records that have this number, at most `limit`, newest first. */
  findByPhone(tenant: string, number: string, limit: number): Promise<readonly Customer[]>;
  /** Records that what was typed may lead to, newest first: whether one fits is still to be looked at. */
  search(tenant: string, wanted: readonly Searched[], size: number, token: string): Promise<Page<Customer>>;
  /** Members of a segment in the order of their ids. */
  pageBySegment(tenant: string, filter: SegmentFilter, size: number, token: string): Promise<Page<Customer>>;
};

const schema = new Schema({
  kind: String,
  name: String,
  phones: [String],
  emails: [String],
  grade: String,
  tags: [String],
  regionCode: String,
  address: String,
  timeZone: String,
  alerts: [String],
  createdAt: Number,
  recentContacts: [Object],
  openRequests: [Object],
  assets: [Object],
  assetCount: Number,
  phoneKeys: [String],
  searchKeys: [String],
})
  .index({ phoneKeys: 1, createdAt: -1, _id: -1 })
  .index({ tenant: 1, searchKeys: 1, createdAt: -1, _id: -1 })
  .index({ tenant: 1, _id: 1 })
  .index({ tenant: 1, grade: 1, _id: 1 })
  .index({ tenant: 1, tags: 1, _id: 1 })
  .index({ tenant: 1, regionCode: 1, _id: 1 });

const phoneKey = (tenant: string, number: string) => `${tenant}/${number}`;

export async function openCustomerStore(backend: StoreBackend): Promise<CustomerStore> {
  const store = await backend.aggregates<Customer, CustomerEvent, typeof CustomerEventSchema>({
    name: "customers",
    noun: "customer",
    schema,
    topic: customerTopic,
    encode: (id, event, recordedAt) => ({
      customerId: id,
      occurredAt: timestampFromMs(event.at),
      recordedAt: timestampFromMs(recordedAt),
      event: { case: "created", value: { grade: event.grade, tags: [...event.tags], regionCode: event.regionCode } },
    }),
    derived: (tenant, customer) => ({
      phoneKeys: customer.phones.length > 0 ? customer.phones.map((number) => phoneKey(tenant, number)) : undefined,
    }),
  });
  return {
    ...store,
    findByPhone: async (tenant, number, limit) =>
      (await store.page(tenant, { phoneKeys: phoneKey(tenant, number) }, { by: "createdAt", direction: -1, size: limit, token: "" })).items,
    search: (tenant, wanted, size, token) => {
      const number = wanted.find(({ by }) => by === "number");
      const keys = wanted.map(keyOf);
      const filter = number
        ? { phoneKeys: phoneKey(tenant, number.text) }
        : { searchKeys: keys.length === 1 ? (keys[0] ?? "") : { $in: keys } };
      return store.page(tenant, filter, { by: "createdAt", direction: -1, size, token });
    },
    pageBySegment: (tenant, { grades, anyTags, regionCodes }, size, token) =>
      store.page(
        tenant,
        {
          ...(grades.length > 0 ? { grade: { $in: grades } } : {}),
          ...(anyTags.length > 0 ? { tags: { $in: anyTags } } : {}),
          ...(regionCodes.length > 0 ? { regionCode: { $in: regionCodes } } : {}),
        },
        { by: "_id", direction: 1, size, token },
      ),
  };
}
