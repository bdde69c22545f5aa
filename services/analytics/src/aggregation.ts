import { type Clock, inParallel, type Logger, repeat } from "@trunkline/runtime";
import type { Lease } from "@trunkline/store";
import { addMeasures, MINUTE_MS, minuteOf, type Part, sumParts } from "./domain/fact.ts";
import type { BucketStore, Span } from "./stores/bucket-store.ts";
import { SPAN_MS } from "./stores/bucket-store.ts";
import type { FactStore } from "./stores/fact-store.ts";

export type AggregationParts = {
  readonly facts: FactStore;
  readonly buckets: BucketStore;
  readonly lease: Lease;
  /** Minutes that begin before this stay as they are: some of their facts may have been removed. */
  readonly frozenBefore?: () => number;
};

const EVERY_MS = 250;
/** A round reads every minute that it touches whole, so few large rounds cost less than many small ones. */
const BATCH = 1_000;
/** Reads and writes under way: each waits for the database, not for the others. */
const AT_ONCE = 8;

/** Computes marked buckets again, from their facts, until it is stopped; one instance at a time does. */
export function runAggregation(parts: AggregationParts, now: Clock, log: Logger): AsyncDisposable {
  let restMs = EVERY_MS;
  let renewed = false;
  const work = async () => {
    const began = performance.now();
    restMs = EVERY_MS;
    if (!renewed && (await parts.lease.hold())) renewed = (await parts.facts.renew(now(), BATCH)) === 0;
    const done = await aggregateOnce(parts);
    // The busier the minute, the more a round reads: it leaves the database to others as long as it took.
    restMs = done < BATCH ? Math.max(EVERY_MS, performance.now() - began) : 0;
  };
  return repeat({ what: "aggregation", everyMs: () => restMs, work, log });
}

/**
 * One round. Minutes first, then the hours and days above them; the facts' marks go last, so that a crash between any
 * two lines only means that the same buckets are computed once more.
 */
export async function aggregateOnce({ facts, buckets, lease, frozenBefore = () => 0 }: AggregationParts): Promise<number> {
  if (!(await lease.hold())) return 0;
  const epoch = lease.epoch();
  const dirty = await facts.dirty(BATCH);
  const minutes = new Map<string, { tenant: string; queue: string; start: number }>();
  const frozen = frozenBefore();
  for (const { tenant, row } of dirty) {
    for (const start of row.dirty ?? [])
      if (start >= frozen) minutes.set(`${tenant} ${row.queue} ${start}`, { tenant, queue: row.queue, start });
  }
  await inParallel([...minutes.values()], AT_ONCE, async ({ tenant, queue, start }) => {
    const parts: Part[] = [];
    for await (const fact of facts.ofMinute(tenant, queue, start)) parts.push(...fact.parts);
    await buckets.put(tenant, { span: "minute", queue, start, measures: sumParts(parts, start, start + MINUTE_MS) }, epoch);
  });
  await rollUp(buckets, [...minutes.values()], "hour", "minute", epoch);
  await rollUp(buckets, [...minutes.values()], "day", "hour", epoch);
  await inParallel(dirty, AT_ONCE, ({ tenant, id, row }) => facts.clean(tenant, id, row.sequence));
  return dirty.length;
}

async function rollUp(
  buckets: BucketStore,
  minutes: readonly { tenant: string; queue: string; start: number }[],
  span: Span,
  below: Span,
  epoch: number,
): Promise<void> {
  const length = SPAN_MS[span];
  const touched = new Map(
    minutes.map(({ tenant, queue, start }) => [
      `${tenant} ${queue} ${Math.floor(start / length)}`,
      { tenant, queue, start: Math.floor(start / length) * length },
    ]),
  );
  for (const { tenant, queue, start } of touched.values()) {
    const parts = await buckets.within(tenant, below, queue, start, start + length);
    await buckets.put(tenant, { span, queue, start, measures: addMeasures(parts.map(({ measures }) => measures)) }, epoch);
  }
}

/** Sums over [from, to), whole minutes: days and hours inside, minutes at the edges. */
export async function sumRange(buckets: BucketStore, tenant: string, queue: string | undefined, from: number, to: number) {
  const spans: { span: Span; from: number; to: number }[] = [];
  split("day", minuteOf(from), Math.ceil(to / MINUTE_MS) * MINUTE_MS, spans);
  const found = await Promise.all(spans.map(({ span, from: start, to: end }) => buckets.within(tenant, span, queue, start, end)));
  return addMeasures(found.flat().map(({ measures }) => measures));
}

const BELOW = { day: "hour", hour: "minute" } as const;

function split(span: Span, from: number, to: number, into: { span: Span; from: number; to: number }[]): void {
  if (from >= to) return;
  if (span === "minute") {
    into.push({ span, from, to });
    return;
  }
  const length = SPAN_MS[span];
  const [first, last] = [Math.ceil(from / length) * length, Math.floor(to / length) * length];
  if (first >= last) {
    split(BELOW[span], from, to, into);
    return;
  }
  split(BELOW[span], from, first, into);
  into.push({ span, from: first, to: last });
  split(BELOW[span], last, to, into);
}
