import { timestampFromMs } from "@bufbuild/protobuf/wkt";

/** What the reader asks for; empty: whatever it is. `day` is YYYY-MM-DD, the reader's. */
export type CallFilter = Readonly<Record<"queue" | "employeeId" | "outcome" | "day", string>>;

export const NO_FILTER: CallFilter = { queue: "", employeeId: "", outcome: "", day: "" };

/** The same as the server asks it: a day is from its first instant to the next one's, whatever the clocks do in between. */
export function toRequest({ day, ...rest }: CallFilter) {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return rest;
  const midnight = (days: number) => timestampFromMs(new Date(year, month - 1, date + days).getTime());
  return { ...rest, from: midnight(0), to: midnight(1) };
}
