import type { RowStore, StoreBackend } from "@trunkline/mongo";
import type { Clock } from "@trunkline/runtime";
import { Schema } from "mongoose";

/** Who fires the timers just now. Two at once do no harm (firing is a versioned update), they only waste work. */
export type Lease = {
  /** True while this instance is the owner; takes the lease when it is free or has run out. */
  hold(): Promise<boolean>;
  /** Whether the last hold() said so; for hints, which may be wrong. */
  readonly held: () => boolean;
} & AsyncDisposable;

type LeaseRow = { readonly owner: string; readonly expiresAt: number; readonly epoch: number };

const LEASE_MS = 6_000;
const RENEW_MS = 2_000;
/** Leases belong to the service, not to a tenant. */
const TENANT = "service-desk";

export async function openLease(backend: StoreBackend, name: string, owner: string, now: Clock): Promise<Lease> {
  const rows: RowStore<LeaseRow> = await backend.rows<LeaseRow>({
    name: "leases",
    schema: new Schema({ owner: String, expiresAt: Number, epoch: Number }),
  });
  let mine: LeaseRow | undefined;
  const fresh = (at: number) => mine !== undefined && at < mine.expiresAt - (LEASE_MS - RENEW_MS) && at >= mine.expiresAt - LEASE_MS;
  return {
    held: () => mine !== undefined,
    hold: async () => {
      const at = now();
      if (fresh(at)) return true;
      mine = undefined;
      const row = await rows.upsert(TENANT, name, (current) => {
        // A clock that was moved back leaves an expiry that nobody set in good faith.
        const free = !current || current.expiresAt <= at || current.expiresAt > at + 2 * LEASE_MS;
        if (!free && current.owner !== owner) return undefined;
        return { owner, expiresAt: at + LEASE_MS, epoch: current?.owner === owner ? current.epoch : (current?.epoch ?? 0) + 1 };
      });
      if (row?.owner === owner) mine = row;
      return mine !== undefined;
    },
    [Symbol.asyncDispose]: async () => {
      if (!mine) return;
      mine = undefined;
      await rows
        .upsert(TENANT, name, (current) => (current?.owner === owner ? { ...current, expiresAt: 0 } : undefined))
        .catch(() => undefined);
    },
  };
}
