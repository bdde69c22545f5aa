import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { identify, queueCall } from "./call.ts";
import { type CallQueue, overflows, stepAfter, turnOf, unsetQueue } from "./call-queue.ts";
import type { Call } from "./call-state.ts";
import { waitingLine } from "./waiting-line.ts";

const callOf = (id: string, queue: string, at: number, change: Partial<Call> = {}): Call => ({
  ...queueCall(
    {
      id,
      connectorId: "pbx",
      linkedid: id,
      startedAt: at,
      queue,
      direction: "inbound",
      routed: true,
      callerNumber: "",
      numberHash: "",
      numberKind: "withheld",
    },
    at,
  ).state,
  ...change,
});

const ids = (calls: Iterable<{ readonly call: Call }>) => [...calls].map(({ call }) => call.id);

describe("a line of waiting calls", () => {
  const settings = fc.record({
    priority: fc.nat(20),
    maxWaitMs: fc.constantFrom(0, 5_000, 20_000),
    relaxations: fc.constantFrom<CallQueue["relaxations"]>(
      [],
      [{ afterMs: 3_000, levels: 1 }],
      [
        { afterMs: 2_000, levels: 1 },
        { afterMs: 9_000, levels: 3 },
      ],
    ),
  });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("comes" as const), n: fc.nat(19), queue: fc.constantFrom("a", "b"), grade: fc.constantFrom("", "gold") }),
    fc.record({ kind: fc.constant("goes" as const), n: fc.nat(19) }),
    fc.record({ kind: fc.constant("passes" as const), ms: fc.nat(6_000) }),
    fc.record({ kind: fc.constant("settings" as const), queue: fc.constantFrom("a", "b"), change: settings }),
  );

  it("has each call at the step it has come to, in the order of turns, and those who waited too long apart", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queues = new Map<string, CallQueue>(["a", "b"].map((id) => [id, { ...unsetQueue(id, 1), gradePriority: { gold: 30 } }]));
        const line = waitingLine((id) => queues.get(id) as CallQueue);
        const calls = new Map<string, Call>();
        let now = 1_000_000;
        for (const one of steps) {
          if (one.kind === "passes") now += one.ms;
          if (one.kind === "settings") queues.set(one.queue, { ...(queues.get(one.queue) as CallQueue), ...one.change });
          if (one.kind === "comes") {
            const call = callOf(`c${one.n}`, one.queue, now, { grade: one.grade });
            calls.set(call.id, call);
            line.put(call, now);
          }
          const gone = one.kind === "goes" ? calls.get(`c${one.n}`) : undefined;
          if (gone) {
            calls.delete(gone.id);
            line.put({ ...gone, state: "talking", outcome: "answered" }, now);
          }
          line.settle(now);
          expect(line.size).toBe(calls.size);
          for (const [id, queue] of queues) {
            const mine = [...calls.values()].filter((call) => call.queue === id);
            const turn = (call: Call) => turnOf(queue, call.grade, call.queuedAt);
            const inTurn = (some: Call[]) =>
              some.sort((x, y) => turn(x) - turn(y) || x.queuedAt - y.queuedAt || (x.id < y.id ? -1 : 1)).map((call) => call.id);
            const found = line.queues.get(id);
            expect(ids(found?.leaving ?? [])).toEqual(inTurn(mine.filter((call) => overflows(queue, now - call.queuedAt))));
            for (const n of [0, 1, 2])
              expect(ids(found?.steps.get(n) ?? [])).toEqual(
                inTurn(mine.filter((call) => !overflows(queue, now - call.queuedAt) && stepAfter(queue, now - call.queuedAt) === n)),
              );
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("lets a caller whom nobody has identified yet rest for half a second, and no longer", () => {
    const queue = unsetQueue("a", 1);
    const line = waitingLine(() => queue);
    const call = callOf("c", "a", 1_000, { numberKind: "known" });
    const open = () => ids(line.queues.get("a")?.steps.get(0) ?? []);
    line.put(call, 1_000);
    line.settle(1_499);
    expect(open()).toEqual([]);
    line.settle(1_500);
    expect(open()).toEqual(["c"]);
    line.put(callOf("d", "a", 1_400, { numberKind: "known" }), 1_500);
    line.put(identify(callOf("d", "a", 1_400, { numberKind: "known" }), "none", "", 1_500).state, 1_500);
    expect(open()).toEqual(["c", "d"]);
  });

  it("has places of customers who are called back apart from those that wait for their turn", () => {
    const queue = { ...unsetQueue("a", 1), maxWaitMs: 10 };
    const line = waitingLine(() => queue);
    const kept = (state: "waiting" | "dialling" | "reached", nextAt: number) =>
      callOf("c", "a", 1_000, { state: "ended", outcome: "left_queue", callback: { state, attempts: 0, nextAt } });
    line.put(kept("waiting", 5_000), 4_999);
    expect(ids(line.queues.get("a")?.resting ?? [])).toEqual(["c"]);
    line.settle(5_000);
    expect(ids(line.queues.get("a")?.steps.get(0) ?? [])).toEqual(["c"]);
    line.put(kept("dialling", 5_000), 5_001);
    expect(ids(line.queues.get("a")?.dialling ?? [])).toEqual(["c"]);
    line.put(kept("reached", 5_000), 5_002);
    expect(line.size).toBe(0);
  });

  it("forgets a call only if nothing newer is known of it", () => {
    const line = waitingLine(() => unsetQueue("a", 1));
    const [old, fresh] = [callOf("c", "a", 1), callOf("c", "a", 2)];
    line.put(old, 3);
    line.put(fresh, 3);
    line.forget(old);
    expect(line.size).toBe(1);
    line.forget(fresh);
    expect(line.size).toBe(0);
  });
});
