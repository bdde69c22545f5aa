import type { BusinessCalendar, Span } from "./business-calendar.ts";
import { toWallSpan, wallSpansOn } from "./day-spans.ts";
import { DAY_MINUTES, epochDayOf, isoDateOf, minutesOf, type WallSpan } from "./wall-time.ts";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const MAX_SPANS_A_DAY = 24;
const MAX_EXCEPTIONS = 4_000;

/**
 * What is wrong with a calendar, one sentence a problem, each saying where and what to write; `[]` is a good calendar.
 * Found: unknown zone, bad time or date, overlapping spans (also of a night shift with the day after it), a week
 * without any business time. Never throws, so it can be given what a form or an import holds.
 */
export function checkCalendar(calendar: BusinessCalendar): string[] {
  const malformed = malformations(calendar);
  return malformed.length > 0 ? malformed : [...emptyWeek(calendar), ...overlaps(calendar)];
}

/** The problems that leave a calendar without meaning; overlaps and emptiness do not, they are only never intended. */
export function malformations(calendar: BusinessCalendar): string[] {
  const exceptions = Object.entries(calendar.exceptions ?? {});
  const problems = zoneProblems(calendar.timeZone);
  if (!calendar.exceptions) problems.push("exceptions is missing: give spans by date, {} for none");
  for (const day of WEEKDAYS) problems.push(...spanProblems(`week.${day}`, calendar.week?.[day]));
  if (exceptions.length > MAX_EXCEPTIONS) {
    return [...problems, `exceptions has ${exceptions.length} dates: keep at most ${MAX_EXCEPTIONS}, drop past ones`];
  }
  for (const [date, spans] of exceptions) {
    if (epochDayOf(date) === undefined) problems.push(`exceptions has ${quote(date)}: write an existing date as YYYY-MM-DD`);
    else problems.push(...spanProblems(`exceptions.${date}`, spans));
  }
  if (calendar.makeUpDay !== undefined) problems.push(...spanProblems("makeUpDay", calendar.makeUpDay));
  if (calendar.holidays !== "cn" && calendar.holidays !== "none") {
    problems.push(`holidays is ${quote(calendar.holidays)}: write "cn" or "none"`);
  }
  return problems;
}

function zoneProblems(timeZone: string): string[] {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return [];
  } catch {
    return [`timeZone is ${quote(timeZone)}: write an IANA name like "Asia/Shanghai"`];
  }
}

function spanProblems(where: string, spans: readonly Span[] | undefined): string[] {
  if (!Array.isArray(spans)) return [`${where} is missing: give a list of spans, [] for a closed day`];
  if (spans.length > MAX_SPANS_A_DAY) return [`${where} has ${spans.length} spans: give at most ${MAX_SPANS_A_DAY}`];
  return spans.flatMap((span: Span, i) => [
    ...clockProblem(`${where}[${i}].from`, span?.from, "00:00 to 23:59"),
    ...(span?.to === "24:00" ? [] : clockProblem(`${where}[${i}].to`, span?.to, "00:00 to 24:00")),
  ]);
}

function clockProblem(where: string, clock: unknown, range: string): string[] {
  if (typeof clock === "string" && minutesOf(clock) !== undefined) return [];
  return [`${where} is ${quote(clock)}: write HH:MM, ${range}`];
}

function emptyWeek({ week }: BusinessCalendar): string[] {
  return WEEKDAYS.some((day) => week[day].length > 0) ? [] : ["week has no span: there would be no business time ever"];
}

function overlaps(calendar: BusinessCalendar): string[] {
  const { week, exceptions, makeUpDay = [] } = calendar;
  const problems = overlapWithin("makeUpDay", makeUpDay.map(toWallSpan));
  for (const day of WEEKDAYS) {
    const next = ((day % 7) + 1) as typeof day;
    const [today, tomorrow] = [week[day].map(toWallSpan), week[next].map(toWallSpan)];
    problems.push(...overlapWithin(`week.${day} (${NAMES[day - 1]})`, today));
    problems.push(...overlapBetween(`week.${day} (${NAMES[day - 1]})`, today, `week.${next} (${NAMES[next - 1]})`, tomorrow));
  }
  const dates = Object.keys(exceptions).map((date) => epochDayOf(date) ?? 0);
  for (const day of dates) problems.push(...overlapWithin(`exceptions.${isoDateOf(day)}`, wallSpansOn(calendar, day)));
  for (const day of new Set(dates.flatMap((date) => [date - 1, date]))) {
    const [today, tomorrow] = [wallSpansOn(calendar, day), wallSpansOn(calendar, day + 1)];
    problems.push(...overlapBetween(isoDateOf(day), today, `${isoDateOf(day + 1)}, where an exception stands at one of them`, tomorrow));
  }
  return problems;
}

function overlapWithin(where: string, spans: readonly WallSpan[]): string[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const bad = sorted.find((span, i) => i > 0 && span.from < (sorted[i - 1]?.to ?? 0));
  return bad === undefined ? [] : [`${where} has spans that overlap at ${clockOf(bad.from)}: join them or move one`];
}

function overlapBetween(where: string, today: readonly WallSpan[], nextWhere: string, next: readonly WallSpan[]): string[] {
  const last = Math.max(0, ...today.map((span) => span.to)) - DAY_MINUTES;
  const bad = next.find((span) => span.from < last);
  if (bad === undefined) return [];
  return [`${where} has a night span until ${clockOf(last)} that overlaps ${clockOf(bad.from)} of ${nextWhere}`];
}

function clockOf(minutes: number): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Input as shown in a message: short, whatever was sent. */
function quote(input: unknown): string {
  return (JSON.stringify(input) ?? "undefined").slice(0, 40);
}
