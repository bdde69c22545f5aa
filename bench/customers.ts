import type { DescMessage } from "@bufbuild/protobuf";
import { contentId } from "@trunkline/runtime";
import type { AggregateSpec, StoreBackend } from "@trunkline/store";
import type { mongo } from "mongoose";
import { firstDocument } from "../packages/store/src/aggregate-document.ts";
import { createCustomer } from "../services/customer/src/domain/customer.ts";
import { openCustomerStore } from "../services/customer/src/stores/customer-store.ts";
import { seeded } from "./load.ts";

export const TENANT = "bench";
/** Of ten customers five have one number, four have two, one has three: 1.6 each. */
const NUMBERS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 3] as const;
const PER_TEN = NUMBERS.reduce((sum, count) => sum + count, 0);
const BATCH = 1_000;

/** How many numbers so many customers have. */
export function numbersOf(customers: number): number {
  return Math.floor(customers / 10) * PER_TEN;
}

/** The mobile number `n` of the population as a Chinese exchange gives it: without country code. */
export function knownNumber(n: number): string {
  return `13${String((n * 617) % 1_000_000_000).padStart(9, "0")}`;
}

/** A valid number that nobody of the population has. */
function strangersNumber(n: number): string {
  return `18${String((n * 617) % 1_000_000_000).padStart(9, "0")}`;
}

/** Callers: 70 % are in the population, and few of those call often. */
export function callers(customers: number, seed: number): () => string {
  const random = seeded(seed);
  const numbers = numbersOf(customers);
  return () => (random() < 0.7 ? knownNumber(Math.floor(numbers * random() ** 3)) : strangersNumber(Math.floor(random() * 1e6)));
}

type AnySpec = AggregateSpec<{ readonly id: string }, { readonly type: string; readonly at: number }, DescMessage>;

/** The customer service's own specification, taken where it hands it to its backend. */
async function customerSpec(): Promise<AnySpec> {
  let taken: unknown;
  const backend = {
    aggregates: async (spec: unknown) => {
      taken = spec;
      return {};
    },
  };
  await openCustomerStore(backend as unknown as StoreBackend);
  return taken as AnySpec;
}

/** Writes customers as the service's store writes them, their events published already. */
export async function loadCustomers(collection: mongo.Collection, customers: number, progress: (line: string) => void): Promise<void> {
  const there = await collection.countDocuments();
  if (there === customers) return progress(`${customers} customers are there already`);
  if (there > 0) throw new Error(`${collection.namespace} holds ${there} customers instead of ${customers}: drop that database`);
  const spec = await customerSpec();
  const at = Date.UTC(2026, 0, 1);
  const document = (n: number) => {
    const customer = customerOf(n);
    const decision = createCustomer({ ...customer, kind: "person" }, at + n);
    const scope = { tenant: TENANT, actor: "service/bench", causation: "", correlation: "bench" };
    return firstDocument(spec, scope, customer.id, decision, at + n).doc;
  };
  for (let from = 0; from < customers; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, customers - from) }, (_, k) => document(from + k));
    await collection.insertMany(batch as never, { ordered: false });
    if ((from / BATCH) % 50 === 49) progress(`loaded ${from + BATCH} of ${customers} customers`);
  }
}

/** Customer `n` of the population, as somebody would enter it. */
export function customerOf(n: number) {
  const first = Math.floor(n / 10) * PER_TEN + NUMBERS.slice(0, n % 10).reduce((sum, count) => sum + count, 0);
  return {
    id: contentId("bench-customer", String(n)),
    name: `客户${n}`,
    phones: Array.from({ length: NUMBERS[n % 10] as number }, (_, k) => knownNumber(first + k)),
    emails: [`c${n}@bench.example`],
    grade: "ABCDE"[n % 5] as string,
    tags: ["warranty"],
    regionCode: "110105",
    address: "北京市朝阳区建国路八十八号",
    timeZone: "Asia/Shanghai",
    alerts: [],
  };
}
