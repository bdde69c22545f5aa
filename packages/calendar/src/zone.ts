/** A stretch of time with one offset; all in epoch milliseconds, `end` excluded. */
type Stretch = { readonly start: number; readonly end: number; readonly offset: number };

/**
 * The offsets of a zone between two instants, in order. One question to Temporal per clock change, so that every wall
 * clock reading in between costs only arithmetic.
 */
export function zoneStretches(timeZone: string, from: number, until: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  for (let start = Number.NEGATIVE_INFINITY; ; ) {
    const next = at.getTimeZoneTransition("next");
    const last = next === null || next.epochMilliseconds >= until;
    const end = last ? Number.POSITIVE_INFINITY : next.epochMilliseconds;
    stretches.push({ start, end, offset: at.offsetNanoseconds / 1e6 });
    if (last) return stretches;
    start = end;
    at = next;
  }
}

/**
 * The first instant at which the wall clock reads `wall` (milliseconds, as if the wall clock were UTC) or later.
 * So a reading that the clock skips (spring) is the moment of the change, and one it shows twice (autumn) is the first.
 */
export function firstInstantAt(stretches: readonly Stretch[], wall: number): number {
  for (const { start, end, offset } of stretches) {
    if (wall - offset < end) return Math.max(wall - offset, start);
  }
  throw new RangeError("the last stretch of a zone has no end");
}
