/** What the screen shows of times. Instants and durations are milliseconds; dates are in the reader's zone. */

/** Whole ones that have passed; never below zero (clocks differ). */
export const secondsOf = (ms: number): number => Math.max(0, Math.floor(ms / 1000));

/** 0:07, 12:05, 1:02:03; below zero (clocks differ) it is 0:00. */
export function elapsed(ms: number): string {
  const seconds = secondsOf(ms);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(language: string, timeZone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([language, timeZone, options]);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, { ...options, hourCycle: "h23", ...(timeZone ? { timeZone } : {}) });
  formats.set(key, made);
  return made;
}

/** Today: the time; else the day too, with the year when it is another one. `timeZone` default: the reader's. */
export function moment(at: number, now: number, language: string, timeZone?: string): string {
  const day = format(language, timeZone, { year: "numeric", month: "2-digit", day: "2-digit" });
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  if (day.format(at) === day.format(now)) return format(language, timeZone, time).format(at);
  const year = format(language, timeZone, { year: "numeric" });
  const sameYear = year.format(at) === year.format(now);
  return format(language, timeZone, { ...(sameYear ? {} : { year: "numeric" }), month: "2-digit", day: "2-digit", ...time }).format(at);
}

/** 14:03:09 */
export function clock(at: number, language: string, timeZone?: string): string {
  return format(language, timeZone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
}

/** YYYY-MM-DD, the reader's day. */
export function dateOf(at: number, timeZone?: string): string {
  return format("sv-SE", timeZone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** The first instant of the reader's day. */
export function startOfDay(now: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}
