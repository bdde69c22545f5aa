// The package's functions parse dates in the zone of the process and are a day off west of Greenwich; its data is not.
import published from "chinese-days/dist/chinese-days.json" with { type: "json" };
import { epochDayOf } from "./wall-time.ts";

export type ChinaDay = "holiday" | "make-up";

const days = new Map<number, ChinaDay>();
for (const date of Object.keys(published.holidays)) days.set(dayNumber(date), "holiday");
for (const date of Object.keys(published.workdays)) days.set(dayNumber(date), "make-up");

const years = [...Object.keys(published.holidays), ...Object.keys(published.workdays)].map((date) => Number(date.slice(0, 4)));

/**
 * The years, both included, whose holidays and make-up days are known. Outside them a calendar with `holidays: "cn"`
 * follows its regular week: the State Council publishes a year's days in the November before.
 */
export const CHINA_HOLIDAY_YEARS: { readonly first: number; readonly last: number } = {
  first: Math.min(...years),
  last: Math.max(...years),
};

/** What the State Council made of a date (days since 1970-01-01); undefined on an ordinary day. */
export function chinaDay(epochDay: number): ChinaDay | undefined {
  return days.get(epochDay);
}

function dayNumber(isoDate: string): number {
  const day = epochDayOf(isoDate);
  if (day === undefined) throw new TypeError(`chinese-days lists ${JSON.stringify(isoDate)}, which is no date`);
  return day;
}
