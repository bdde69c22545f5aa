import type { Customer, CustomerEvent } from "./customer.ts";

/** An employee whose visit or request (`source`) names the customer. */
export type Reader = {
  readonly source: string;
  readonly employeeId: string;
  /** Set when that is closed: when the record leaves them, epoch ms. */
  readonly until?: number;
};
type Decided = { state: Customer; events: CustomerEvent[] };

const KEPT_MS = 30 * 86_400_000;
const MOST = 100;

/**
 * Whose the visit or request is now; who had it before sees the customer by it no more.
 * @param employeeId empty: nobody's
 * @param closedAt of one that is over: it keeps its last one for 30 days
 */
export function recordReader(
  customer: Customer,
  { source, employeeId, closedAt }: Pick<Reader, "source" | "employeeId"> & { readonly closedAt?: number },
): Decided {
  const others = (customer.readers ?? []).filter((reader) => reader.source !== source);
  const reader: Reader = { source, employeeId, ...(closedAt === undefined ? {} : { until: closedAt + KEPT_MS }) };
  const readers = employeeId === "" ? others : [...others, reader].slice(-MOST);
  return { state: { ...customer, readers }, events: [] };
}

export function forgetReaders(customer: Customer, at: number): Decided {
  return { state: { ...customer, readers: (customer.readers ?? []).filter(({ until }) => until === undefined || until > at) }, events: [] };
}

/** When the next of them leaves. */
export function readersDueAt({ readers = [] }: Customer): number | undefined {
  const ends = readers.flatMap(({ until }) => (until === undefined ? [] : [until]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}
