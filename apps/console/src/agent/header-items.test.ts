import { describe, expect, it } from "@jest/globals";
import type { PopFrame } from "@trunkline/desktop-client";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { ringOf, soonestWrapUp } from "./header-items.ts";

const call = (callId: string, rest: Partial<DesktopCall>): DesktopCall => ({ callId, state: "talking", since: 0, pop: undefined, ...rest });

describe("what every room says at its top", () => {
  it("is who rings, not whom the agent calls", () => {
    const out = call("c1", { state: "ringing", pop: { direction: "outbound" } as PopFrame });
    expect(ringOf([call("c0", {}), out])).toBeUndefined();
    expect(ringOf([out, call("c2", { state: "ringing" })])?.callId).toBe("c2");
  });

  it("is the wrap-up that ends first", () => {
    const wrapUps = [call("c1", { state: "wrap_up", until: 90 }), call("c2", { state: "wrap_up", until: 60 }), call("c3", { until: 1 })];
    expect(soonestWrapUp(wrapUps)?.callId).toBe("c2");
    expect(soonestWrapUp([call("c1", {})])).toBeUndefined();
  });
});
