import { DomainError } from "@trunkline/errors";
import type { BusinessCalendar } from "./business-calendar.ts";
import { malformations } from "./check-calendar.ts";
import { wallSpansOn } from "./day-spans.ts";
import { DAY_MS } from "./wall-time.ts";
import { firstInstantAt, zoneStretches } from "./zone.ts";

const BLOCK_DAYS = 32;
export const BLOCK_MS = BLOCK_DAYS * DAY_MS;
/** Blocks kept for one calendar: more than five years, about 100 KiB for a calendar with a lunch break. */
const MAX_BLOCKS = 64;

/**
 * The open time of one calendar in a fixed 32 days of UTC: disjoint intervals in order, cut at the block's edges.
 * `before[i]` is the business time of the block before interval `i`. All in milliseconds, ends excluded.
 */
export type OpenBlock = {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly before: readonly number[];
  readonly total: number;
};

const blocksOf = new WeakMap<BusinessCalendar, Map<number, OpenBlock>>();

/** The number of the block that holds an instant. */
export function blockAt(at: number): number {
  return Math.floor(at / BLOCK_MS);
}

/** The block with that number, from the cache or built. Throws `calendar_invalid` for a calendar without meaning. */
export function openBlock(calendar: BusinessCalendar, number: number): OpenBlock {
  const blocks = blocksOf.get(calendar) ?? admit(calendar);
  const known = blocks.get(number);
  if (known !== undefined) return known;
  // Questions come from around now, so the block that came in first is the one least likely to be asked again.
  if (blocks.size >= MAX_BLOCKS) blocks.delete(blocks.keys().next().value as number);
  const built = build(calendar, number);
  blocks.set(number, built);
  return built;
}

function admit(calendar: BusinessCalendar): Map<number, OpenBlock> {
  const problems = malformations(calendar);
  if (problems.length > 0) {
    const first = problems.slice(0, 10).join("; ");
    throw new DomainError("invalid", "calendar_invalid", `The calendar cannot be used: ${first}`, { problems: first });
  }
  const blocks = new Map<number, OpenBlock>();
  blocksOf.set(calendar, blocks);
  return blocks;
}

function build(calendar: BusinessCalendar, number: number): OpenBlock {
  const [start, end] = [number * BLOCK_MS, (number + 1) * BLOCK_MS];
  // Local dates run up to a day before and behind UTC's, and a night span reaches into the next date.
  const [firstDay, lastDay] = [number * BLOCK_DAYS - 2, (number + 1) * BLOCK_DAYS];
  const stretches = zoneStretches(calendar.timeZone, (firstDay - 1) * DAY_MS, (lastDay + 3) * DAY_MS);
  const found: { from: number; to: number }[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    for (const span of wallSpansOn(calendar, day)) {
      const from = Math.max(start, firstInstantAt(stretches, day * DAY_MS + span.from * 60_000));
      const to = Math.min(end, firstInstantAt(stretches, day * DAY_MS + span.to * 60_000));
      if (from < to) found.push({ from, to });
    }
  }
  return sum(found.sort((a, b) => a.from - b.from));
}

/** Overlapping and touching spans count once, as one interval. */
function sum(sorted: readonly { from: number; to: number }[]): OpenBlock {
  const [starts, ends, before]: [number[], number[], number[]] = [[], [], []];
  for (const { from, to } of sorted) {
    const last = ends.length - 1;
    if (last >= 0 && from <= (ends[last] as number)) ends[last] = Math.max(ends[last] as number, to);
    else {
      starts.push(from);
      ends.push(to);
    }
  }
  let total = 0;
  for (let i = 0; i < starts.length; i++) {
    before.push(total);
    total += (ends[i] as number) - (starts[i] as number);
  }
  return { starts, ends, before, total };
}
