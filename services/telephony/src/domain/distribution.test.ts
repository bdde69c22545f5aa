import { describe, expect, it } from "@jest/globals";
import { changeMode, newSession } from "./agent-session.ts";
import { type CallQueue, type Strategy, unsetQueue } from "./call-queue.ts";
import { type Candidate, rankAgents, type Seeking } from "./distribution.ts";

const agent = (id: string, change: Partial<Candidate["session"]> = {}, skills: Candidate["skills"] = {}): Candidate => ({
  session: { ...changeMode(newSession(id, 0), { mode: "ready", reason: "" }, 0).state, ...change },
  skills,
});
const queue = (change: Partial<CallQueue>): CallQueue => ({ ...unsetQueue("support", 1), ...change });
const fresh: Seeking = { waitedMs: 0, preferred: "", passedBy: [] };
const order = (settings: Partial<CallQueue>, candidates: readonly Candidate[], seeking: Partial<Seeking> = {}) =>
  rankAgents(queue(settings), { ...fresh, ...seeking }, candidates).ranked.flatMap(({ id, eligible }) => (eligible ? [id] : []));

describe("distribution", () => {
  const three = [
    agent("a", { freeSince: 300, offeredAt: 100, callsTaken: 1, talkMs: 900 }, { gas: 2 }),
    agent("b", { freeSince: 100, offeredAt: 300, callsTaken: 2, talkMs: 100 }, { gas: 5 }),
    agent("c", { freeSince: 200, offeredAt: 200, callsTaken: 0, talkMs: 500 }, { gas: 3 }),
  ];

  it.each<[Strategy, string]>([
    ["longest_idle", "bca"],
    ["round_robin", "acb"],
    ["fewest_calls", "cab"],
    ["least_talk", "bca"],
    ["top_down", "cba"],
    ["best_skill", "bca"],
  ])("by %s", (strategy, expected) => {
    const agents = strategy === "top_down" ? ["c", "b", "a"].map((employeeId) => ({ employeeId, tier: 1 })) : [];
    expect(order({ strategy, agents, skills: [{ skill: "gas", level: 1 }] }, three).join("")).toBe(expected);
  });

  it("asks for skills that relax with the wait", () => {
    const settings = {
      skills: [{ skill: "gas", level: 5 }],
      relaxations: [
        { afterMs: 10_000, levels: 2 },
        { afterMs: 20_000, levels: 5 },
      ],
    };
    expect(order(settings, three)).toEqual(["b"]);
    expect(order(settings, three, { waitedMs: 10_000 })).toEqual(["b", "c"]);
    expect(order(settings, [...three, agent("d")], { waitedMs: 20_000 })).toEqual(["d", "b", "c", "a"]);
  });

  it("asks a higher tier only when nobody of the lower ones can", () => {
    const agents = [
      { employeeId: "a", tier: 1 },
      { employeeId: "b", tier: 2 },
    ];
    expect(order({ agents }, three)).toEqual(["a"]);
    expect(order({ agents }, [agent("a", { mode: "break", reason: "lunch" }), ...three.slice(1)])).toEqual(["b"]);
  });

  it("gives the preferred agent the call if they can take it", () => {
    expect(order({}, three, { preferred: "a" })[0]).toBe("a");
    expect(order({}, three, { preferred: "a", passedBy: ["a"] })[0]).toBe("b");
  });

  it("says of everybody else what kept them out", () => {
    const others = [agent("x", { mode: "offline" }), agent("y")];
    const { ranked } = rankAgents(queue({ agents: [{ employeeId: "x", tier: 1 }], skills: [{ skill: "gas", level: 1 }] }), fresh, others);
    expect(Object.fromEntries(ranked.map(({ id, failed }) => [id, failed]))).toEqual({
      x: ["not_ready", "skill_missing"],
      y: ["not_in_queue", "skill_missing"],
    });
  });
});
