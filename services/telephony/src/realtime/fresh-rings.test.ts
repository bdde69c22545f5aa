import { describe, expect, it } from "@jest/globals";
import type { Frame } from "@trunkline/desktop-client";
import { withFreshRings } from "./fresh-rings.ts";

const NOW = 1_000_000;
const pop = (callId: string, ringingSince = NOW - 1_000): Frame => ({
  type: "pop",
  key: `pop:${callId}`,
  revision: 1,
  callId,
  offerId: callId,
  queue: "support",
  ringingSince,
  actions: [],
  verdict: "",
  caller: { status: "withheld", certainty: "", number: "", matches: [] },
});
const call = (callId: string, state: string): Frame => ({ type: "call", key: `call:${callId}`, revision: 2, callId, state });
const keys = (frames: readonly Frame[]) => frames.map(({ key }) => key);

describe("a snapshot", () => {
  it("holds a ring that is in the mailbox and not yet in the store", () => {
    expect(keys(withFreshRings([pop("a")], [pop("a"), pop("b")], NOW))).toEqual(["pop:a", "pop:b"]);
  });

  it("holds none that was taken back, answered elsewhere or is over", () => {
    const kept = ["offer_ended", "ended", "finished"].flatMap((state, n) => [pop(String(n)), call(String(n), state)]);
    expect(withFreshRings([], kept, NOW)).toEqual([]);
    expect(keys(withFreshRings([], [pop("t"), call("t", "talking")], NOW))).toEqual(["pop:t"]);
  });

  it("holds none that is old: the store would have it", () => {
    expect(withFreshRings([], [pop("o", NOW - 30_000)], NOW)).toEqual([]);
  });
});
