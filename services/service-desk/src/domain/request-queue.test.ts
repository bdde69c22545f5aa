import { describe, expect, it } from "@jest/globals";
import { queue } from "./given.test-support.ts";
import { checkedQueue, type LadderLevel } from "./request-queue.ts";

const level = (n: number, ownerId: string, limitMs = 1_000): LadderLevel => ({ level: n, ownerId, limitMs });
const saving =
  (...ladder: LadderLevel[]) =>
  () =>
    checkedQueue(queue({ ladder }));
const refusal = (code: string) => expect.objectContaining({ kind: "rule_violated", code });

describe("a queue that is saved", () => {
  it("has its levels in order and level 1 owned by the queue's owner where none is named", () => {
    expect(saving(level(2, "b"), level(1, ""))().ladder).toEqual([level(1, "lead"), level(2, "b")]);
  });

  it("may be without a ladder", () => {
    expect(saving()().ladder).toEqual([]);
  });

  it.each([
    ["a gap", "ladder_gap", [level(1, "a"), level(3, "b")]],
    ["a level twice", "ladder_gap", [level(1, "a"), level(1, "b")]],
    ["a start above 1", "ladder_gap", [level(2, "a")]],
    ["no limit", "ladder_limit_invalid", [level(1, "a", 0)]],
    ["a broken limit", "ladder_limit_invalid", [level(1, "a", 1.5)]],
    ["nobody to take over", "ladder_owner_missing", [level(1, "a"), level(2, "")]],
    ["a hand-over to the same person", "ladder_dead_end", [level(1, "a"), level(2, "a")]],
    ["a loop", "ladder_dead_end", [level(1, "a"), level(2, "b"), level(3, "a")]],
    ["a hand-over to the queue's owner, who is level 1 already", "ladder_dead_end", [level(1, ""), level(2, "lead")]],
  ])("is refused with %s", (_what, code, ladder) => {
    expect(saving(...ladder)).toThrow(refusal(code));
  });

  it("is refused when it must be resolved before it must be answered", () => {
    expect(() => checkedQueue(queue({ firstResponseMs: 2_000, resolutionMs: 1_000 }))).toThrow(refusal("target_order_invalid"));
  });
});
