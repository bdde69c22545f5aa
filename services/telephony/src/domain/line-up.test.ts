import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { changeMode, newSession } from "./agent-session.ts";
import { type CallQueue, type Strategy, stepAfter, unsetQueue } from "./call-queue.ts";
import { type Candidate, rankAgents } from "./distribution.ts";
import { lineUp } from "./line-up.ts";

const STRATEGIES: readonly Strategy[] = ["longest_idle", "round_robin", "fewest_calls", "least_talk", "top_down", "best_skill"];
const few = fc.nat(3);
const agent = fc.record({
  n: fc.nat(39),
  freeSince: few,
  offeredAt: few,
  callsTaken: few,
  talkMs: few,
  gas: fc.nat(5),
  english: fc.nat(5),
});
type Agent = { readonly n: number; readonly gas: number; readonly english: number } & Partial<Candidate["session"]>;
const candidateOf = ({ n, gas, english, ...change }: Agent): Candidate => ({
  session: { ...changeMode(newSession(`a${n}`, 0), { mode: "ready", reason: "" }, 0).state, ...change },
  skills: { gas, english },
});
const queueOf = fc
  .record({
    strategy: fc.constantFrom(...STRATEGIES),
    gas: fc.nat(5),
    relaxations: fc.constantFrom<CallQueue["relaxations"]>(
      [],
      [{ afterMs: 10, levels: 2 }],
      [10, 20].map((afterMs) => ({ afterMs, levels: afterMs / 5 })),
    ),
    agents: fc.uniqueArray(fc.record({ employeeId: fc.nat(39).map((n) => `a${n}`), tier: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 20,
      selector: ({ employeeId }) => employeeId,
    }),
  })
  .map(({ strategy, gas, relaxations, agents }): CallQueue => {
    const skills = gas > 0 ? [{ skill: "gas", level: gas }] : [];
    return { ...unsetQueue("support", 1), strategy, relaxations, agents, skills };
  });
const id = fc.nat(39).map((n) => `a${n}`);
const step = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), agent }),
  fc.record({ kind: fc.constant("remove" as const), id }),
  fc.record({ kind: fc.constant("settings" as const), queue: queueOf }),
  fc.record({
    kind: fc.constant("ask" as const),
    waitedMs: fc.nat(30),
    preferred: id,
    passedBy: fc.array(id, { maxLength: 12 }),
    held: fc.array(id, { maxLength: 4 }),
  }),
);

describe("a line-up", () => {
  it("chooses whom ranking everybody would choose, whatever came before", () => {
    fc.assert(
      fc.property(queueOf, fc.array(agent, { maxLength: 60 }), fc.array(step, { maxLength: 40 }), (first, staff, steps) => {
        const lines = lineUp();
        const all = new Map<string, Candidate>();
        let queue = first;
        const put = (candidate: Candidate) => {
          lines.put(candidate);
          all.set(candidate.session.id, candidate);
        };
        for (const one of staff) put(candidateOf(one));
        for (const one of [...steps, { kind: "ask" as const, waitedMs: 0, preferred: "", passedBy: [], held: [] }]) {
          if (one.kind === "put") put(candidateOf(one.agent));
          else if (one.kind === "settings") queue = one.queue;
          else if (one.kind === "remove") {
            lines.remove(one.id);
            all.delete(one.id);
          } else {
            const held = new Set(one.held);
            const short = lines.shortlist(queue, stepAfter(queue, one.waitedMs), one, held);
            const everybody = [...all.values()].filter(({ session }) => !held.has(session.id));
            const [chosen, expected] = [rankAgents(queue, one, short), rankAgents(queue, one, everybody)];
            expect(chosen.winner?.id).toBe(expected.winner?.id);
            // Whoever stands behind the winner stands there in the whole ranking too, until the list ends.
            const order = (ranking: typeof chosen) => ranking.ranked.flatMap(({ id: who, eligible }) => (eligible ? [who] : []));
            const wanted = new Set([one.preferred]);
            const others = (list: string[]) => list.filter((who) => !wanted.has(who)).slice(0, 8);
            if (expected.eligible <= 10) expect(order(chosen)).toEqual(order(expected));
            else expect(others(order(chosen))).toEqual(others(order(expected)).slice(0, others(order(chosen)).length));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("forgets an agent only if nothing newer is known of them", () => {
    const lines = lineUp();
    const [old, fresh] = [candidateOf({ n: 1, gas: 0, english: 0 }), candidateOf({ n: 1, gas: 1, english: 0 })];
    lines.put(old);
    lines.put(fresh);
    lines.forget(old);
    expect(lines.all()).toEqual([fresh]);
    lines.forget(fresh);
    expect(lines.all()).toEqual([]);
  });
});
