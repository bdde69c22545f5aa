import { setImmediate } from "node:timers/promises";
import { type Clock, type Logger, type Repeated, repeat } from "@trunkline/runtime";
import { type Archive, type Kept, openArchive, openLease, removeOld, type StoreBackend } from "@trunkline/store";

const DAY_MS = 86_400_000;
const EVERY_MS = 600_000;
/** Between two batches while there is more: the database is there for others. */
const PAUSE_MS = 250;

export type Retention = {
  /** Removes what has been over for so many days; 0: never. */
  keep(store: Kept, days: number): void;
  /** From then on, by one instance. */
  start(): Promise<Repeated>;
};

type Parts = {
  readonly backend: StoreBackend;
  readonly name: string;
  readonly instance: string;
  readonly now: Clock;
  readonly log: Pick<Logger, "warn">;
};

/** @param archiveDir where documents are written before they are removed; empty: nowhere */
export function openRetention({ backend, name, instance, now, log }: Parts, archiveDir: string): Retention {
  const kept: { readonly store: Kept; readonly days: number }[] = [];
  return {
    keep: (store, days) => {
      if (days > 0) kept.push({ store, days });
    },
    async start() {
      const archive: Archive | undefined = archiveDir === "" ? undefined : await openArchive(`${archiveDir}/${name}`, now);
      const lease = await openLease(backend, { service: "store", name: "retention", owner: instance, now });
      let more = false;
      const remove = async ({ store, days }: (typeof kept)[number]) => {
        try {
          return await removeOld(store, now() - days * DAY_MS, archive);
        } catch (err) {
          log.warn({ err, collection: store.name }, "what is old could not be removed; it is tried again");
          return false;
        }
      };
      const work = async () => {
        more = false;
        if (kept.length === 0 || !(await lease.hold())) return;
        for (const one of kept) {
          more = (await remove(one)) || more;
          // An embedded engine has not waited for anything: what came meanwhile goes first.
          await setImmediate();
        }
      };
      const rounds = repeat({ what: "removing what is old", everyMs: () => (more ? PAUSE_MS : EVERY_MS), work, log });
      return {
        nudge: rounds.nudge,
        [Symbol.asyncDispose]: async () => {
          await rounds[Symbol.asyncDispose]();
          await lease[Symbol.asyncDispose]();
        },
      };
    },
  };
}
