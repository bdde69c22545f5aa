import { describe, expect, it } from "@jest/globals";
import type { CallState, DesktopCall } from "../desktop/desktop-state.ts";
import { lapsedBetween } from "./wrap-up-items.ts";

const call = (callId: string, state: CallState): DesktopCall => ({ callId, state, since: 0, pop: undefined });
const lapsed = (before: DesktopCall[], now: DesktopCall[], finished: string[] = []) =>
  lapsedBetween(before, now, new Set(finished)).map(({ callId }) => callId);

describe("a wrap-up that is gone", () => {
  it("has ended by itself, unless the agent finished it or the caller is back", () => {
    expect(lapsed([call("c1", "wrap_up"), call("c2", "talking")], [])).toEqual(["c1"]);
    expect(lapsed([call("c1", "wrap_up")], [call("c1", "wrap_up")])).toEqual([]);
    expect(lapsed([call("c1", "wrap_up")], [], ["c1"])).toEqual([]);
    expect(lapsed([call("c1", "wrap_up")], [call("c1", "talking")])).toEqual([]);
  });
});
