import { DomainError } from "@trunkline/errors";
import type { BusinessCalendar, Span } from "./business-calendar.ts";
import { writtenSpansOn } from "./day-spans.ts";
import { BLOCK_MS, blockAt, type OpenBlock, openBlock } from "./open-blocks.ts";
import { DAY_MS, epochDayOf } from "./wall-time.ts";

/** A search that meets no business time for this long gives up. */
const MAX_CLOSED_MS = 366 * DAY_MS;
/** No answer spans more: whatever asks for more holds a wrong instant (often seconds taken for milliseconds). */
const MAX_RANGE_MS = 7_320 * DAY_MS;
/** 1900-01-01 and 9999-12-31, UTC. */
const [FIRST_INSTANT, LAST_INSTANT] = [-2_208_988_800_000, 253_402_300_799_999];

/**
 * The spans that count on a date of the calendar's zone, as written.
 * @param isoDate `YYYY-MM-DD`
 * @throws DomainError invalid `calendar_date_invalid`
 */
export function spansOn(calendar: BusinessCalendar, isoDate: string): readonly Span[] {
  const day = epochDayOf(isoDate);
  if (day !== undefined) return writtenSpansOn(calendar, day);
  throw new DomainError("invalid", "calendar_date_invalid", `${JSON.stringify(isoDate)} is no date: write YYYY-MM-DD`);
}

/**
 * Whether an instant is business time. A span holds its start and not its end.
 * @param at epoch milliseconds
 * @throws DomainError invalid `calendar_invalid`, `calendar_instant_invalid`
 */
export function isOpen(calendar: BusinessCalendar, at: number): boolean {
  checkInstant(at);
  const block = openBlock(calendar, blockAt(at));
  const i = lastStartedBefore(block, at + 1);
  return i >= 0 && at < (block.ends[i] as number);
}

/**
 * Business milliseconds from `a` to `b`, both epoch milliseconds; negative when `b` is the earlier one, so that
 * between(a, c) = between(a, b) + between(b, c) in any order.
 * @throws DomainError invalid `calendar_invalid`, `calendar_instant_invalid`, `calendar_range_too_long` (20 years)
 */
export function businessMsBetween(calendar: BusinessCalendar, a: number, b: number): number {
  checkInstant(a);
  checkInstant(b);
  if (b < a) return 0 - businessMsBetween(calendar, b, a);
  if (b - a > MAX_RANGE_MS) throw rangeTooLong();
  const [first, last] = [blockAt(a), blockAt(b)];
  let ms = elapsed(openBlock(calendar, last), b) - elapsed(openBlock(calendar, first), a);
  for (let number = first; number < last; number++) ms += openBlock(calendar, number).total;
  return ms;
}

/**
 * The instant at which `ms` of business time have passed since `from`: the earliest one, so work that fills a span is
 * due at the span's end and not at the next opening. 0 ms gives `from` itself, even when closed.
 * @param from epoch milliseconds
 * @param ms whole milliseconds, 0 or more
 * @throws DomainError invalid `calendar_invalid`, `calendar_instant_invalid`, `calendar_duration_invalid`,
 *   `calendar_range_too_long` (20 years); rule_violated `calendar_no_business_time` (none for 366 days)
 */
export function addBusinessMs(calendar: BusinessCalendar, from: number, ms: number): number {
  checkInstant(from);
  if (!Number.isSafeInteger(ms) || ms < 0) {
    throw new DomainError("invalid", "calendar_duration_invalid", `${ms} ms: give whole milliseconds, 0 or more`);
  }
  if (ms === 0) return from;
  return search(calendar, from, ms);
}

/**
 * `at` itself when it is business time, else the start of the next span. Epoch milliseconds.
 * @throws DomainError as addBusinessMs
 */
export function nextOpen(calendar: BusinessCalendar, at: number): number {
  // The first open millisecond ends one later, in whichever span it lies.
  return isOpen(calendar, at) ? at : search(calendar, at, 1) - 1;
}

function search(calendar: BusinessCalendar, from: number, ms: number): number {
  let number = blockAt(from);
  let block = openBlock(calendar, number);
  let need = ms + elapsed(block, from);
  let lastOpen = from;
  while (need > block.total) {
    need -= block.total;
    lastOpen = Math.max(lastOpen, block.ends.at(-1) ?? from);
    number++;
    if (number * BLOCK_MS - lastOpen > MAX_CLOSED_MS) throw noBusinessTime(calendar);
    if (number * BLOCK_MS - from > MAX_RANGE_MS || number * BLOCK_MS > LAST_INSTANT) throw rangeTooLong();
    block = openBlock(calendar, number);
  }
  const i = intervalHolding(block, need);
  return (block.starts[i] as number) + need - (block.before[i] as number);
}

/** Business time of the block before an instant in it. */
function elapsed(block: OpenBlock, at: number): number {
  const i = lastStartedBefore(block, at);
  return i < 0 ? 0 : (block.before[i] as number) + Math.min(at, block.ends[i] as number) - (block.starts[i] as number);
}

/** The last interval that starts before `at`, or -1. */
function lastStartedBefore({ starts }: OpenBlock, at: number): number {
  return countBelow(starts, at) - 1;
}

/** The interval in which the block's business time reaches `need` (more than 0, at most the total). */
function intervalHolding({ before }: OpenBlock, need: number): number {
  return countBelow(before, need) - 1;
}

function countBelow(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkInstant(at: number): void {
  if (Number.isSafeInteger(at) && at >= FIRST_INSTANT && at <= LAST_INSTANT) return;
  const message = `${at} is no instant: give whole epoch milliseconds between the years 1900 and 9999`;
  throw new DomainError("invalid", "calendar_instant_invalid", message);
}

function rangeTooLong(): DomainError {
  const message = "More than 20 years of business time were asked for: check that both instants are epoch milliseconds";
  return new DomainError("invalid", "calendar_range_too_long", message);
}

function noBusinessTime({ timeZone }: BusinessCalendar): DomainError {
  const message = "The calendar has no business time for 366 days: give its week a span or remove exceptions";
  return new DomainError("rule_violated", "calendar_no_business_time", message, { timeZone });
}
