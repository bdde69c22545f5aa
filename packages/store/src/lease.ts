import type { Clock } from "@trunkline/runtime";
import type { RowStore, StoreBackend } from "./store.ts";

/**
 * Which of several instances does a piece of work just now. One that was frozen may believe in its lease for a while
 * longer: what it writes must be a versioned update, or carry the epoch as a fence.
 */
export type Lease = {
  /** True while this instance is the owner; takes the lease when it is free or has run out. */
  hold(): Promise<boolean>;
  /** Whether the last hold() said so; for hints, which may be wrong. */
  readonly held: () => boolean;
  /** Grows with every change of owner; 0 while not held. */
  readonly epoch: () => number;
  /** Whoever has it now, whether here or elsewhere; empty when nobody does. */
  owner(): Promise<string>;
} & AsyncDisposable;

type LeaseRow = { readonly owner: string; readonly expiresAt: number; readonly epoch: number };

const LEASE_MS = 6_000;

type LeaseOptions = {
  /** Stands in the place of the tenant: a lease belongs to none. */
  readonly service: string;
  readonly name: string;
  /** One that comes back under the same name goes on with the same epoch: only for names that no two processes can have at once. */
  readonly owner: string;
  readonly now: Clock;
  /** How long it lasts without being renewed; it is renewed after a third. Default 6,000. */
  readonly leaseMs?: number;
};

export async function openLease(backend: StoreBackend, { service, name, owner, now, leaseMs = LEASE_MS }: LeaseOptions): Promise<Lease> {
  const rows: RowStore<LeaseRow> = await backend.rows<LeaseRow>({
    name: "leases",
    indexes: [],
  });
  let mine: LeaseRow | undefined;
  const fresh = (at: number) => mine !== undefined && at < mine.expiresAt - (leaseMs * 2) / 3 && at >= mine.expiresAt - leaseMs;
  return {
    held: () => mine !== undefined,
    epoch: () => mine?.epoch ?? 0,
    owner: async () => {
      const row = await rows.find(service, name);
      return row && row.expiresAt > now() ? row.owner : "";
    },
    hold: async () => {
      const at = now();
      if (fresh(at)) return true;
      mine = undefined;
      const row = await rows.upsert(service, name, (current) => {
        // A clock that was moved back leaves an expiry that nobody set in good faith.
        const free = !current || current.expiresAt <= at || current.expiresAt > at + 2 * leaseMs;
        if (!free && current.owner !== owner) return undefined;
        return { owner, expiresAt: at + leaseMs, epoch: current?.owner === owner ? current.epoch : (current?.epoch ?? 0) + 1 };
      });
      if (row?.owner === owner) mine = row;
      return mine !== undefined;
    },
    [Symbol.asyncDispose]: async () => {
      if (!mine) return;
      mine = undefined;
      await rows
        .upsert(service, name, (current) => (current?.owner === owner ? { ...current, expiresAt: 0 } : undefined))
        .catch(() => undefined);
    },
  };
}
