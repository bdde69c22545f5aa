/** Whose today it is. */
export type Moment = {
  /** Epoch ms. */
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
};

/** Days from the first one on, up to but without the second. */
export type Days = readonly [Temporal.PlainDate, Temporal.PlainDate];

const UNITS = { day: "days", week: "weeks", month: "months", year: "years" } as const;
const CALENDAR = /^(this|last|next)_(week|month|year)$/;
const COUNTED = /^(last|next)_(\d{1,3})_days$/;
const ONE_DAY: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/**
 * A span that moves with the reader's day: today, yesterday, tomorrow; this_, last_ or next_ week (from Monday), month or year; last_30_days with
 * today in it, next_7_days from tomorrow on. Undefined: there is no such span.
 */
export function daysWithin(span: string, { now, zone }: Moment): Days | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  const day = ONE_DAY[span];
  if (day !== undefined && Object.hasOwn(ONE_DAY, span)) return from(today.add({ days: day }), "day", 1);
  const counted = COUNTED.exec(span);
  const days = Number(counted?.[2]);
  if (counted && days > 0)
    return counted[1] === "last" ? [today.subtract({ days: days - 1 }), today.add({ days: 1 })] : from(today.add({ days: 1 }), "day", days);
  const [, which, unit] = CALENDAR.exec(span) ?? [];
  if (unit !== "week" && unit !== "month" && unit !== "year") return undefined;
  const start = startOf(today, unit);
  return from(which === "this" ? start : start.add({ [UNITS[unit]]: which === "next" ? 1 : -1 }), unit, 1);
}

const from = (start: Temporal.PlainDate, unit: keyof typeof UNITS, count: number): Days => [start, start.add({ [UNITS[unit]]: count })];

function startOf(day: Temporal.PlainDate, unit: "week" | "month" | "year"): Temporal.PlainDate {
  if (unit === "week") return day.subtract({ days: day.dayOfWeek - 1 });
  return unit === "month" ? day.with({ day: 1 }) : day.with({ month: 1, day: 1 });
}
