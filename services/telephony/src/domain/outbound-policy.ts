import { DomainError } from "@trunkline/errors";

/** What a tenant may dial on a connection. */
export type OutboundPolicy = {
  readonly dialAllow: readonly string[];
  readonly dialPerMinute: number;
  readonly dialPerDay: number;
  /** In which a day begins. */
  readonly timeZone: string;
};

/** Calls dialled in this minute (since 1970) and on this date (YYYYMMDD). */
export type Dialled = { readonly minute: number; readonly inMinute: number; readonly day: number; readonly inDay: number };

const MINUTE_MS = 60_000;

/** @throws rule_violated destination_not_allowed */
export function checkDestination({ dialAllow }: OutboundPolicy, e164: string): void {
  if (dialAllow.some((beginning) => e164.startsWith(beginning))) return;
  throw new DomainError(
    "rule_violated",
    "destination_not_allowed",
    "numbers of this kind may not be called from here: ask an administrator to allow them",
  );
}

/** Counts one more call, if the caps leave room for it. @throws exhausted dial_cap_reached */
export function countDialled({ dialPerMinute, dialPerDay, timeZone }: OutboundPolicy, before: Dialled | undefined, at: number): Dialled {
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const [minute, day] = [Math.floor(at / MINUTE_MS), date.year * 10_000 + date.month * 100 + date.day];
  const inMinute = before?.minute === minute ? before.inMinute : 0;
  const inDay = before?.day === day ? before.inDay : 0;
  if (inMinute >= dialPerMinute || inDay >= dialPerDay) {
    const cap = inDay >= dialPerDay ? `${dialPerDay} calls a day` : `${dialPerMinute} calls a minute`;
    throw new DomainError("exhausted", "dial_cap_reached", `no more than ${cap} may be made: try again later`, { cap });
  }
  return { minute, inMinute: inMinute + 1, day, inDay: inDay + 1 };
}
