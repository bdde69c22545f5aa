import type { AggregateStore, Filter } from "@trunkline/mongo";
import type { Clock } from "@trunkline/runtime";

/** How old the knowledge of what other instances wrote may be. */
const FRESH_MS = 250;
/** Writes that overlap, and clocks that differ. */
const OVERLAP_MS = 2_000;
/** Now and then further back, for what a frozen instance wrote with an old time. */
const WIDE_MS = 120_000;
const WIDE_EVERY_MS = 10_000;
/** More than one installation has. */
const MOST = 100_000;

export type LiveCopy = {
  /** Reads what others have written, unless that was done a moment ago. */
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
};

/**
 * Tells of the states of a tenant, whole in memory then: of this process's own writes at once, of others' when it is refreshed. What left
 * the filter by another's hand is not told: whoever acts on a copy finds that out by their own conditional write.
 */
export function liveCopy<S extends { readonly id: string }>({ store, tenant, filter, heard, now }: Parts<S>): LiveCopy {
  // Two generations: older versions need not be told apart, nobody is still reading them.
  let [versions, former] = [new Map<string, number>(), new Map<string, number>()];
  let [readAt, wideAt] = [0, 0];
  let reading: Promise<void> | undefined;
  const hear = (state: S, version: number) => {
    if (version <= (versions.get(state.id) ?? former.get(state.id) ?? 0)) return;
    versions.set(state.id, version);
    heard(state);
  };
  const read = async () => {
    const at = now();
    const wide = at - wideAt >= WIDE_EVERY_MS;
    if (wide) [former, versions, wideAt] = [versions, new Map(), at];
    const since = readAt === 0 ? 0 : readAt - (wide ? WIDE_MS : OVERLAP_MS);
    const found = await store.due({ ...filter, writtenAt: { $gte: since, $lt: Number.MAX_SAFE_INTEGER } }, "writtenAt", MOST);
    for (const { state, version } of found) hear(state, version);
    readAt = at;
  };
  const following = store.follow((written) => {
    if (written.tenant === tenant) hear(written.state, written.version);
  });
  return {
    async refresh() {
      if (now() - readAt < FRESH_MS) return;
      reading ??= read().finally(() => {
        reading = undefined;
      });
      await reading;
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}
