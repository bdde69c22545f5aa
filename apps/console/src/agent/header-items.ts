import { type DesktopCall, isOutbound } from "../desktop/desktop-state.ts";

/** The call that rings at this agent, whatever else they have in hand. */
export const ringOf = (calls: readonly DesktopCall[]): DesktopCall | undefined =>
  calls.find((call) => call.state === "ringing" && !isOutbound(call));

/** The wrap-up whose time is over first. */
export const soonestWrapUp = (calls: readonly DesktopCall[]): DesktopCall | undefined =>
  calls.filter(({ state, until }) => state === "wrap_up" && until !== undefined).toSorted((a, b) => (a.until ?? 0) - (b.until ?? 0))[0];
