import type { Clock, Logger } from "@trunkline/runtime";
import { type AggregateStore, changeReader, type Filter, type Written } from "@trunkline/store";

/** How old the knowledge of what other instances wrote may be. */
const FRESH_MS = 250;
/** Writes that overlap, and clocks that differ. */
const OVERLAP_MS = 2_000;

export type LiveCopy = {
  /** Resolves when everything has been read once. From then on reads beside its caller what others have written, unless it just did. */
  refresh(): Promise<void>;
} & Disposable;

type Parts<S extends { readonly id: string }> = {
  readonly store: Pick<AggregateStore<S, never>, "due" | "follow">;
  readonly tenant: string;
  /** Which of its states; index it together with `writtenAt`. */
  readonly filter: Filter;
  /** A state that is later than the one told before. */
  readonly heard: (state: S) => void;
  readonly now: Clock;
  readonly log: Pick<Logger, "warn">;
};

/**
 * Tells of the states of a tenant, whole in memory then: of this process's own writes at once, of others' when it is refreshed. What left
 * the filter by another's hand is not told: whoever acts on a copy finds that out by their own conditional write.
 */
export function liveCopy<S extends { readonly id: string }>({ store, tenant, filter, heard, now, log }: Parts<S>): LiveCopy {
  // Two generations: nobody is still reading what is older.
  let [versions, former] = [new Map<string, number>(), new Map<string, number>()];
  let readAt = 0;
  let reading: Promise<void> | undefined;
  const hear = ({ state, version }: Pick<Written<S>, "state" | "version">) => {
    if (version <= (versions.get(state.id) ?? former.get(state.id) ?? 0)) return;
    versions.set(state.id, version);
    heard(state);
  };
  const look = changeReader({
    find: async (from, to, limit) => {
      const found = await store.due({ ...filter, writtenAt: { $gte: from, $lt: to } }, "writtenAt", limit);
      found.forEach(hear);
      return found.map(({ writtenAt }) => writtenAt);
    },
    sweeps: () => {
      [former, versions] = [versions, new Map()];
    },
    now,
    overlapMs: OVERLAP_MS,
  });
  const read = async () => {
    const at = now();
    await look();
    readAt = at;
  };
  const later = (error: unknown) => log.warn({ err: error }, "what other instances wrote could not be read; it is tried again");
  const following = store.follow((written) => {
    if (written.tenant === tenant) hear(written);
  });
  return {
    async refresh() {
      if (now() - readAt < FRESH_MS) return;
      const first = readAt === 0;
      reading ??= (first ? read() : read().catch(later)).finally(() => {
        reading = undefined;
      });
      if (first) await reading;
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}
