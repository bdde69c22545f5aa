import { describe, expect, it } from "@jest/globals";
import { type CallQueue, checkDisposition, checkedCallQueue, needsAt, stepAfter, turnOf, unsetQueue } from "./call-queue.ts";

const queue = (change: Partial<CallQueue> = {}): CallQueue => ({ ...unsetQueue("support", 60_000), ...change });
const none = () => undefined;

describe("the settings of a queue", () => {
  it.each<[string, Partial<CallQueue>]>([
    [
      "a skill twice",
      {
        skills: [
          { skill: "gas", level: 1 },
          { skill: "gas", level: 2 },
        ],
      },
    ],
    [
      "relaxations out of order",
      {
        skills: [{ skill: "gas", level: 3 }],
        relaxations: [
          { afterMs: 60_000, levels: 1 },
          { afterMs: 30_000, levels: 2 },
        ],
      },
    ],
    ["relaxations of nothing", { relaxations: [{ afterMs: 60_000, levels: 1 }] }],
    [
      "an agent twice",
      {
        agents: [
          { employeeId: "e1", tier: 1 },
          { employeeId: "e1", tier: 2 },
        ],
      },
    ],
    ["an overflow that never comes", { overflow: "callback" }],
    [
      "a mandatory wrap-up without dispositions",
      { wrapUp: { mode: "mandatory", limitMs: 1_000, dispositions: [], defaultDisposition: "x" } },
    ],
    [
      "a default that is none of them",
      { wrapUp: { mode: "optional", limitMs: 1_000, dispositions: [{ code: "a", name: "A" }], defaultDisposition: "x" } },
    ],
  ])("that contradict themselves are refused: %s", (_what, change) => {
    expect(() => checkedCallQueue(queue(change), none)).toThrow(expect.objectContaining({ code: "queue_settings_contradict" }));
  });

  it("lead somewhere: no circle, no queue that is not there", () => {
    const to = (id: string, next: string) => queue({ id, maxWaitMs: 60_000, overflow: next && `queue:${next}` });
    const others = new Map([to("b", "c"), to("c", "")].map((one) => [one.id, one]));
    expect(checkedCallQueue(to("a", "b"), (id) => others.get(id)).overflow).toBe("queue:b");
    expect(() => checkedCallQueue(to("c", "b"), (id) => others.get(id))).toThrow(
      expect.objectContaining({ code: "queue_overflow_circular" }),
    );
    expect(() => checkedCallQueue(to("a", "x"), (id) => others.get(id))).toThrow(
      expect.objectContaining({ code: "queue_overflow_unknown" }),
    );
    expect(() => checkedCallQueue(to("a", "a"), (id) => others.get(id))).toThrow(
      expect.objectContaining({ code: "queue_overflow_circular" }),
    );
  });

  it("relax the skills ring by ring, at the millisecond", () => {
    const settings = queue({
      skills: [
        { skill: "gas", level: 3 },
        { skill: "english", level: 1 },
      ],
      relaxations: [
        { afterMs: 30_000, levels: 1 },
        { afterMs: 60_000, levels: 3 },
      ],
    });
    const needsAfter = (waitedMs: number) => needsAt(settings, stepAfter(settings, waitedMs));
    expect(needsAfter(29_999)).toHaveLength(2);
    expect(needsAfter(30_000)).toEqual([{ skill: "gas", level: 2 }]);
    expect(needsAfter(60_000)).toEqual([]);
  });

  it("give points for grade and waiting", () => {
    const gold = queue({ priority: 10, gradePriority: { gold: 60 } });
    // 70 points are worth as much as 70 seconds of waiting.
    expect(turnOf(gold, "gold", 100_000)).toBe(turnOf(queue({}), "", 30_000));
    expect(turnOf(queue({ gradePriority: {} }), "constructor", 5)).toBe(5);
  });

  it("say what may be written at a call's end", () => {
    const wrapUp = {
      mode: "mandatory",
      limitMs: 1,
      dispositions: [{ code: "solved", name: "已解决" }],
      defaultDisposition: "solved",
    } as const;
    expect(checkDisposition(wrapUp, "solved")).toBe("solved");
    expect(() => checkDisposition(wrapUp, "")).toThrow(expect.objectContaining({ code: "disposition_missing" }));
    expect(() => checkDisposition(wrapUp, "else")).toThrow(expect.objectContaining({ code: "disposition_unknown" }));
    expect(checkDisposition({ ...wrapUp, mode: "optional" }, "")).toBe("solved");
  });
});
