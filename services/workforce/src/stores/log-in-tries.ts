import type { Clock } from "@trunkline/runtime";
import { removeOld, type StoreBackend } from "@trunkline/store";
import { type Limit, releaseTry, reserveTry, type Tries } from "../domain/log-in-tries.ts";

/** They are of no tenant: who tries may name one that does not exist. */
const NOBODYS = "-";

export type TryKey = { readonly id: string; readonly limit: Limit };
export type LogInTries = {
  /** Counts a try under every key, or under none where one of them has no room. */
  reserve(keys: readonly TryKey[], at: number): Promise<boolean>;
  /** The try was right. */
  release(keys: readonly TryKey[], at: number): Promise<void>;
  /** Forgets what counts no more. */
  sweep(): Promise<void>;
};

/** Shared by all instances: one small row for each key, written under its version. */
export async function openLogInTries(backend: StoreBackend, now: Clock): Promise<LogInTries> {
  const rows = await backend.rows<Tries>({
    name: "login_tries",
    indexes: [{ expiresAt: 1 }],
    overBy: "expiresAt",
  });
  const release: LogInTries["release"] = async (keys, at) => {
    for (const { id } of keys) await rows.upsert(NOBODYS, id, (row) => releaseTry(row, at));
  };
  return {
    async reserve(keys, at) {
      for (const [index, { id, limit }] of keys.entries()) {
        let reserved = false;
        await rows.upsert(NOBODYS, id, (row) => {
          const next = reserveTry(row, limit, at);
          reserved = next !== undefined;
          return next;
        });
        if (reserved) continue;
        await release(keys.slice(0, index), at);
        return false;
      }
      return true;
    },
    release,
    // A minute later than they could: nobody is just then writing one anew.
    sweep: async () => {
      while (await removeOld(rows, now() - 60_000));
    },
  };
}
