/** ISO weekday: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/**
 * Open time on the wall clock, from included, to excluded. `HH:MM`, 24 hours; `to` may be `24:00`.
 * A `to` at or before `from` is on the next day (night shift; `from` = `to` is 24 hours): the span belongs whole to the
 * day on which it starts, so a holiday that begins at midnight does not cut the shift of the evening before.
 */
export type Span = { readonly from: string; readonly to: string };

/**
 * When an organisation works. A value: never change one in place, make a new object (results are cached by identity).
 * What counts on a date: `exceptions`, else the national holidays, else `week`.
 */
export type BusinessCalendar = {
  /** IANA name (`Asia/Shanghai`) or a fixed offset (`+08:00`). */
  readonly timeZone: string;
  /** The regular week; `[]` is a closed day. */
  readonly week: Readonly<Record<Weekday, readonly Span[]>>;
  /** Spans of single dates (`YYYY-MM-DD`, in `timeZone`) that win over all else; `[]` closes the date. */
  readonly exceptions: Readonly<Record<string, readonly Span[]>>;
  /** `cn`: China's published holidays are closed and its make-up days 调休 are worked. */
  readonly holidays: "cn" | "none";
  /** Spans of a make-up day; Monday's where not given. */
  readonly makeUpDay?: readonly Span[];
};
