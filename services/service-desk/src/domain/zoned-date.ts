/** The date `YYYY-MM-DD` that the wall clock of a zone shows at an instant (epoch milliseconds). */
export function zonedDate(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}
