import { type Clock, inParallel, serviceScope } from "@trunkline/runtime";
import type { AggregateStore, DomainEvent } from "./store.ts";

const BATCH = 200;
const AT_ONCE = 8;
/** So long a stale record may be the last one of its key on a compacted topic. */
export const ANNOUNCE_AFTER_MS = 24 * 3_600_000;

/**
 * Says once more how reference data stands, with a new sequence, where nobody has written it for a day: a publisher that was cut off may have
 * put an old record behind the newest, and compaction keeps the last.
 * @returns how many; fewer than 200 when all is done
 */
export async function reannounce<S extends { readonly id: string }, E extends DomainEvent>(
  store: Pick<AggregateStore<S, E>, "due" | "update">,
  announce: (state: S, at: number) => E,
  now: Clock,
): Promise<number> {
  const old = await store.due({ writtenAt: { $lte: now() - ANNOUNCE_AFTER_MS } }, "writtenAt", BATCH);
  await inParallel(old, AT_ONCE, ({ tenant, state }) =>
    store.update(serviceScope("store", tenant, state.id), state.id, (current) => ({ state: current, events: [announce(current, now())] })),
  );
  return old.length;
}
