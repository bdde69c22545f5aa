import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { CustomerEventSchema } from "@trunkline/proto/customer";
import { keyOf, type Searched } from "@trunkline/search";
import { type AggregateStore, type AskedPage, inOrder, newestFirst, type Page, type StoreBackend } from "@trunkline/store";
import type { Customer, CustomerEvent } from "../domain/customer.ts";
import { readersDueAt } from "../domain/readers.ts";
import type { SegmentFilter } from "./segment-store.ts";

export const customerTopic = topic("customer.customer", CustomerEventSchema);

export type CustomerStore = AggregateStore<Customer, CustomerEvent> & {
  /** Records that have this number, at most `limit`, newest first. */
  findByPhone(tenant: string, number: string, limit: number): Promise<readonly Customer[]>;
  /** Records that have this e-mail address, at most `limit`, newest first. */
  findByEmail(tenant: string, email: string, limit: number): Promise<readonly Customer[]>;
  /** Records that are written so, at most `limit`, newest first. */
  findByName(
    tenant: string,
    written: Pick<Customer, "name"> & Partial<Pick<Customer, "address">>,
    limit: number,
  ): Promise<readonly Customer[]>;
  /** Records that what was typed may lead to, newest first: whether one fits is still to be looked at. */
  search(tenant: string, wanted: readonly Searched[], page: AskedPage): Promise<Page<Customer>>;
  /** Members of a segment in the order of their ids. */
  pageBySegment(tenant: string, filter: SegmentFilter, page: AskedPage): Promise<Page<Customer>>;
};

const keyIn = (tenant: string, value: string) => `${tenant}/${value}`;

export async function openCustomerStore(backend: StoreBackend): Promise<CustomerStore> {
  const store = await backend.aggregates<
    Customer,
    CustomerEvent,
    typeof CustomerEventSchema,
    "phoneKeys" | "emailKeys" | "visibleTo" | "readersDueAt"
  >({
    name: "customers",
    noun: "customer",
    indexes: [
      { phoneKeys: 1, createdAt: -1, _id: -1 },
      { emailKeys: 1, createdAt: -1, _id: -1 },
      { tenant: 1, name: 1, createdAt: -1, _id: -1 },
      { tenant: 1, name: 1, address: 1, createdAt: -1, _id: -1 },
      { tenant: 1, searchKeys: 1, createdAt: -1, _id: -1 },
      { tenant: 1, _id: 1 },
      { tenant: 1, grade: 1, _id: 1 },
      { tenant: 1, tags: 1, _id: 1 },
      { tenant: 1, regionCode: 1, _id: 1 },
      [{ readersDueAt: 1 }, { sparse: true }],
    ],
    lists: ["tags", "phoneKeys", "emailKeys", "searchKeys"],
    topic: customerTopic,
    encode: (event) => caseOf(CustomerEventSchema, event),
    derived: (tenant, customer) => ({
      phoneKeys: customer.phones.length > 0 ? customer.phones.map((number) => keyIn(tenant, number)) : undefined,
      emailKeys: customer.emails.length > 0 ? customer.emails.map((email) => keyIn(tenant, email)) : undefined,
      visibleTo: customer.readers?.length ? [...new Set(customer.readers.map(({ employeeId }) => employeeId))] : undefined,
      readersDueAt: readersDueAt(customer),
    }),
  });
  return {
    ...store,
    findByPhone: async (tenant, number, limit) =>
      (await store.page(tenant, { phoneKeys: keyIn(tenant, number) }, newestFirst("createdAt", limit))).items,
    findByEmail: async (tenant, email, limit) =>
      (await store.page(tenant, { emailKeys: keyIn(tenant, email) }, newestFirst("createdAt", limit))).items,
    findByName: async (tenant, written, limit) => (await store.page(tenant, written, newestFirst("createdAt", limit))).items,
    search: (tenant, wanted, page) => {
      const number = wanted.find(({ by }) => by === "number");
      const keys = wanted.map(keyOf);
      const filter = number
        ? { phoneKeys: keyIn(tenant, number.text) }
        : { searchKeys: keys.length === 1 ? (keys[0] ?? "") : { $in: keys } };
      return store.page(tenant, filter, newestFirst("createdAt", page));
    },
    pageBySegment: (tenant, { grades, anyTags, regionCodes }, page) =>
      store.page(
        tenant,
        {
          ...(grades.length > 0 ? { grade: { $in: grades } } : {}),
          ...(anyTags.length > 0 ? { tags: { $in: anyTags } } : {}),
          ...(regionCodes.length > 0 ? { regionCode: { $in: regionCodes } } : {}),
        },
        inOrder("_id", page),
      ),
  };
}
