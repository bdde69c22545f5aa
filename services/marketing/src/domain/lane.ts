import type { Purpose, SendChannel } from "./contact.ts";

/** Messages that wait for the same turns: one tenant's for one purpose on one channel. */
export type Lane = { readonly tenant: string; readonly channel: SendChannel; readonly purpose: Purpose };

export const laneKey = ({ tenant, channel, purpose }: Lane): string => `${channel}/${tenant}/${purpose}`;

/** Turns of a lane while others wait: a service message before sixteen of them have passed one advert, and no lane starves. */
export const WEIGHTS: Readonly<Record<Purpose, number>> = { service: 16, survey: 4, marketing: 1 };

/** How far each lane has come, in virtual time: a turn takes a lane 1/weight further. */
export type Turns = { readonly clock: number; readonly passed: ReadonlyMap<string, number> };
export const NO_TURNS: Turns = { clock: 0, passed: new Map() };

export type Waiting<T> = { readonly key: string; readonly weight: number; readonly items: readonly T[] };

/**
 * The next turns among lanes in which something waits: always the lane whose next turn ends first (start-time fair queueing). One that comes
 * anew begins where the others are: it has saved nothing up, and nobody's backlog is before it.
 */
export function takeTurns<T>(
  turns: Turns,
  lanes: readonly Waiting<T>[],
  size: number,
): { readonly turns: Turns; readonly taken: readonly T[] } {
  const queues = lanes
    .filter(({ items }) => items.length > 0)
    .map(({ key, weight, items }) => ({ key, weight, items, next: 0, start: Math.max(turns.clock, turns.passed.get(key) ?? 0) }));
  const taken: T[] = [];
  let { clock } = turns;
  while (taken.length < size) {
    const queue = first(queues.filter(({ next, items }) => next < items.length));
    if (!queue) break;
    taken.push(queue.items[queue.next++] as T);
    clock = queue.start;
    queue.start += 1 / queue.weight;
  }
  return { turns: { clock, passed: new Map(queues.map(({ key, start }) => [key, start])) }, taken };
}

function first<Q extends { readonly start: number; readonly weight: number }>(queues: readonly Q[]): Q | undefined {
  let best: Q | undefined;
  for (const queue of queues) {
    if (!best || queue.start + 1 / queue.weight < best.start + 1 / best.weight) best = queue;
  }
  return best;
}

/** How many of its messages a lane may need for a round, so that as good as all that is read is sent. */
export function shareOf(lane: Lane, lanes: readonly Lane[], size: number): number {
  const all = lanes.reduce((sum, { purpose }) => sum + WEIGHTS[purpose], 0);
  return Math.max(1, Math.ceil((size * WEIGHTS[lane.purpose]) / all));
}
