import type { Clock } from "@trunkline/runtime";

/** So far back a second look goes, page by page, for what a frozen instance wrote with an old time. */
const SWEEP_MS = 120_000;
const SWEEP_EVERY_MS = 10_000;
const PAGE = 200;
/** More than one installation has. */
const MOST = 100_000;

export type Look = {
  /** Hears what was written from `from` to before `to`, the oldest first, and tells when each of it was. */
  readonly find: (from: number, to: number, limit: number) => Promise<readonly number[]>;
  readonly now: Clock;
  /** Writes that overlap, and clocks that differ. */
  readonly overlapMs: number;
  /** A second look begins. */
  readonly sweeps?: () => void;
};

/** Finds at each call what was written since the last one, whichever instance wrote it; all at the first. */
export function changeReader({ find, now, overlapMs, sweeps = () => undefined }: Look): () => Promise<void> {
  let [readAt, sweptAt, sweptTo] = [0, 0, Number.POSITIVE_INFINITY];
  const sweep = async (at: number) => {
    if (at - sweptAt >= SWEEP_EVERY_MS && sweptTo >= sweptAt) {
      [sweptAt, sweptTo] = [at, at - SWEEP_MS];
      sweeps();
    }
    if (sweptTo >= sweptAt) return;
    const last = (await find(sweptTo, sweptAt, PAGE)).at(PAGE - 1);
    sweptTo = last === undefined ? sweptAt : Math.max(last, sweptTo + 1);
  };
  return async () => {
    const at = now();
    await find(readAt === 0 ? 0 : readAt - overlapMs, Number.MAX_SAFE_INTEGER, MOST);
    await sweep(at);
    readAt = at;
  };
}
