import { describe, expect, it } from "@jest/globals";
import type { Frame, PopFrame } from "@trunkline/desktop-client";
import { callInHand, nothingYet, withFrame, withSnapshot } from "./desktop-state.ts";

const caller = { status: "identified", certainty: "none", number: "+8613900001000", matches: [] } as const;
const pop = (callId: string, revision = 1, offerId = `o-${callId}`): PopFrame => ({
  type: "pop",
  key: `pop:${offerId}`,
  revision,
  callId,
  offerId,
  queue: "support",
  ringingSince: 1_000,
  actions: [],
  verdict: "",
  caller,
});
const call = (callId: string, state: string, revision = 3): Frame => ({ type: "call", key: `call:${callId}`, revision, callId, state });
const after = (...frames: Frame[]) => frames.reduce((state, frame, n) => withFrame(state, frame, 5_000 + n), nothingYet);

describe("an agent's desktop", () => {
  it("takes a call from its ring over talk and hold to the wrap-up, and lets it go when that is finished", () => {
    const states = ["talking", "held", "talking", "ended", "finished"];
    const seen = states.map((_, n) => after(pop("c1"), ...states.slice(0, n + 1).map((state) => call("c1", state))));
    expect(seen.map(({ calls }) => calls.map(({ state, since }) => [state, since]))).toEqual([
      [["talking", 5_001]],
      [["held", 5_002]],
      [["talking", 5_003]],
      [["wrap_up", 5_004]],
      [],
    ]);
  });

  it("forgets a ring that went elsewhere or whose caller left, and nothing else", () => {
    expect(after(pop("c1"), call("c1", "offer_ended")).calls).toEqual([]);
    expect(after(pop("c1"), call("c1", "ended")).calls).toEqual([]);
    expect(after(pop("c1"), call("c1", "talking"), call("c1", "offer_ended")).calls).toHaveLength(1);
    expect(after(call("c9", "ended"), call("c9", "finished")).calls).toEqual([]);
  });

  it("rings again with what its agent still wraps up, and goes back to that when nobody takes it", () => {
    const wrapping = { ...call("c1", "wrap_up"), until: 60_000 } as Frame;
    const rings = after(pop("c1"), call("c1", "talking"), wrapping, pop("c1", 1, "o2"));
    expect(rings.calls).toMatchObject([{ state: "ringing", since: 1_000, pop: { offerId: "o2" } }]);
    expect(withFrame(rings, call("c1", "offer_ended"), 9_000).calls).toMatchObject([{ state: "wrap_up", until: 60_000 }]);
    expect(withFrame(rings, call("c1", "talking"), 9_000).calls).toMatchObject([{ state: "talking", pop: { offerId: "o2" } }]);
  });

  it("knows that a colleague is asked, for as long as it is told so, and what a call is to who is asked", () => {
    const asking = { ...call("c1", "held"), asks: "1002" } as Frame;
    const asks = after(pop("c1"), call("c1", "talking"), call("c1", "held"), asking);
    expect(asks.calls).toMatchObject([{ state: "held", since: 5_002, asks: "1002" }]);
    expect(withFrame(asks, call("c1", "held"), 9_000).calls[0]).not.toHaveProperty("asks");
    const asked = after(pop("c1"), call("c1", "consulting"));
    expect(asked.calls).toMatchObject([{ state: "consulting" }]);
    expect(callInHand(withFrame(asked, pop("c2"), 9_000).calls)?.callId).toBe("c1");
    expect(withFrame(asked, call("c1", "offer_ended"), 9_000).calls).toEqual([]);
    expect(withFrame(asked, call("c1", "talking"), 9_000).calls).toMatchObject([{ state: "talking", pop: { callId: "c1" } }]);
  });

  it("completes a pop without starting the ring again", () => {
    const { calls } = after(pop("c1"), call("c1", "talking"), pop("c1", 2));
    expect(calls).toEqual([{ callId: "c1", state: "talking", since: 5_001, pop: pop("c1", 2) }]);
  });

  it("shows what is spoken before what rings, and a ring before what is to be written down", () => {
    const both = after(pop("c1"), call("c1", "talking"), pop("c2"));
    expect(callInHand(both.calls)?.callId).toBe("c1");
    expect(callInHand(withFrame(both, call("c1", "ended"), 9_000).calls)?.callId).toBe("c2");
    expect(callInHand([])).toBeUndefined();
  });

  it("is what a snapshot says, and goes on counting what has not changed", () => {
    const before = after(pop("c1"), call("c1", "talking"), pop("c2"));
    const { calls } = withSnapshot(before, [pop("c1"), call("c1", "talking", 0)], 60_000);
    expect(calls).toEqual([{ callId: "c1", state: "talking", since: 5_001, pop: pop("c1") }]);
  });

  it("knows a call in hand of which it was never told the ring", () => {
    expect(withSnapshot(nothingYet, [call("c1", "held", 0)], 7_000).calls).toEqual([
      { callId: "c1", state: "held", since: 7_000, pop: undefined },
    ]);
  });

  it("holds no more than twenty calls", () => {
    expect(after(...Array.from({ length: 30 }, (_, n) => pop(`c${n}`))).calls).toHaveLength(20);
  });
});
