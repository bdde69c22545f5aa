import type { Logger } from "@trunkline/runtime";
import { type Member, type Offset, placeOf } from "./transport.ts";

export type Progress = Omit<Offset, "next"> & { readonly next: number | undefined; readonly waiting: number };

export type Offsets = {
  /** Events handled and not committed, plus events known to wait. */
  lag(): number;
  /** The partition is handled up to before `next`; `waiting` more are known to be there. */
  progress(of: Progress): void;
  /** What cannot be committed now is with the next one. */
  commit(member: Pick<Member, "commit">): Promise<void>;
  /** Forgets the partitions that others read now: committing for them would move them back. */
  keep(owned: ReadonlySet<string>): void;
};

/** Commits what is handled, many partitions at a time and a moment later. */
export function openOffsets(log: Pick<Logger, "debug">): Offsets {
  const dirty = new Map<string, Offset>();
  const waiting = new Map<string, number>();
  return {
    lag: () => [...waiting.values()].reduce((sum, n) => sum + n, 0) + dirty.size,
    progress({ topic, partition, next, waiting: more }) {
      const place = placeOf(topic, partition);
      waiting.set(place, more);
      if (next !== undefined) dirty.set(place, { topic, partition, next });
    },
    async commit(member) {
      if (dirty.size === 0) return;
      const offsets = [...dirty];
      await member.commit(offsets.map(([, offset]) => offset)).then(
        () => {
          for (const [place, offset] of offsets) if (dirty.get(place) === offset) dirty.delete(place);
        },
        (error: unknown) => {
          // It stays until it is out: a quiet partition has no next one, and its group would fall behind what the log keeps.
          log.debug({ err: error }, "offsets were not committed");
        },
      );
    },
    keep(owned) {
      for (const known of [dirty, waiting]) for (const place of known.keys()) if (!owned.has(place)) known.delete(place);
    },
  };
}
