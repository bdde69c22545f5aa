import { type BusinessCalendar, checkCalendar, isOpen, nextOpen } from "@trunkline/calendar";
import type { Purpose } from "./contact.ts";

/** Wall-clock window without contacts, in the recipient's zone; `HH:MM`, may cross midnight. */
export type QuietHours = { readonly from: string; readonly to: string };

/** A tenant's rules for contacting people. Durations in milliseconds. */
export type ContactPolicy = {
  /** Purposes that need a consent; the others are open until the person opts out. */
  readonly consentFor: readonly Purpose[];
  readonly quietHours: QuietHours | undefined;
  /** At most this many marketing contacts to one person, over all campaigns and channels, in any such window. */
  readonly marketingCap: { readonly max: number; readonly windowMs: number };
  /** From one survey that was sent to the next. */
  readonly surveyRestMs: number;
  /** Counts where the recipient's own zone is unknown; IANA name. */
  readonly timeZone: string;
};

const QUIET_FOR: readonly Purpose[] = ["marketing", "survey"];
const MAX_ZONES = 1_000;
const calendars = new Map<string, BusinessCalendar>();

/** When quiet hours that hold at `at` end, epoch milliseconds; undefined outside of them and for purposes they do not touch. */
export function quietUntil(policy: ContactPolicy, purpose: Purpose, timeZone: string, at: number): number | undefined {
  const { quietHours } = policy;
  if (!quietHours || !QUIET_FOR.includes(purpose)) return undefined;
  const calendar = waking(quietHours, timeZone) ?? waking(quietHours, policy.timeZone);
  return !calendar || isOpen(calendar, at) ? undefined : nextOpen(calendar, at);
}

/** The hours in which contacts are welcome, as a calendar; undefined where the zone is none. One object a zone: its results are cached by identity. */
function waking({ from, to }: QuietHours, timeZone: string): BusinessCalendar | undefined {
  const key = `${timeZone} ${from} ${to}`;
  const known = calendars.get(key);
  if (known) return known;
  const day = [{ from: to, to: from }];
  const week = { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day };
  const calendar: BusinessCalendar = { timeZone, week, exceptions: {}, holidays: "none" };
  if (timeZone === "" || checkCalendar(calendar).length > 0) return undefined;
  if (calendars.size >= MAX_ZONES) calendars.clear();
  calendars.set(key, calendar);
  return calendar;
}
