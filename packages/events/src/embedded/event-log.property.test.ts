import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eventually, openTopic } from "../testing.ts";
import type { Batch, BatchResult, Member } from "../transport.ts";
import { type EmbeddedBus, openEmbeddedBus, someFolder } from "./testing.ts";

const folder = someFolder();
afterAll(() => folder[Symbol.dispose]());

const KEYS = ["t1/a", "t1/b", "t1/c", "t1/d", "t1/e"] as const;

type Op =
  | { readonly do: "write"; readonly keys: readonly (typeof KEYS)[number][]; readonly full: boolean }
  | { readonly do: "handle"; readonly events: number }
  | { readonly do: "commit" | "die" | "stand by" | "kill" | "commit too late" };
const someOp: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      keys: fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 5 }),
      full: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("handle" as const), events: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("commit" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("die" as const, "stand by" as const, "kill" as const, "commit too late" as const) }),
  },
);

/** What must be so: what was acknowledged, what was committed, and what the group has met of it. */
type Model = {
  readonly written: Map<string, number>;
  readonly committed: Map<number, number>;
  readonly firsts: Map<string, number[]>;
  readonly wrong: string[];
};
/** One member as its handler sees it: how far it has come on each partition. */
type Session = { readonly member: Member; readonly positions: Map<number, number> };

async function openWorld(bus: EmbeddedBus, name: string) {
  const calls = await openTopic(bus, name);
  const model: Model = { written: new Map(), committed: new Map(), firsts: new Map(), wrong: [] };
  const sessions: Session[] = [];
  let allowed = 0;
  let granted = Promise.withResolvers<void>();

  const note = (last: Map<string, number>, key: string, sequence: number) => {
    if ((last.get(key) ?? sequence - 1) !== sequence - 1) model.wrong.push(`${key} ${sequence} comes after ${last.get(key)}`);
    last.set(key, sequence);
    const met = model.firsts.get(key) ?? [];
    if (sequence > (met.at(-1) ?? 0)) model.firsts.set(key, [...met, sequence]);
  };

  async function enter() {
    const positions = new Map<number, number>();
    const last = new Map<string, number>();
    const handle = async ({ partition, messages }: Batch): Promise<BatchResult> => {
      const expected = positions.get(partition) ?? model.committed.get(partition) ?? 0;
      if (messages[0]?.offset !== expected) model.wrong.push(`${partition} is read from ${messages[0]?.offset}, not ${expected}`);
      let next: number | undefined;
      for (const message of messages) {
        if (allowed === 0) return { next, paused: granted.promise };
        allowed -= 1;
        note(last, message.key, Number(message.read().headers["sequence"]));
        next = message.offset + 1;
        positions.set(partition, next);
      }
      return { next, paused: undefined };
    };
    const stop = new AbortController().signal;
    const member = await bus.transport.join({ group: "reader", topics: [calls.name], handle, assigned: () => undefined, stop });
    sessions.push({ member, positions });
  }

  const offsetsOf = ({ positions }: Session) => [...positions].map(([partition, next]) => ({ topic: calls.name, partition, next }));
  const grant = (events: number) => {
    allowed += events;
    granted.resolve();
    granted = Promise.withResolvers<void>();
  };
  /** A batch is acknowledged or not; if not, its events come again under the same numbers, as from an outbox. */
  async function write(keys: readonly string[], full: boolean) {
    if (full) bus.limitPages(1);
    const next = new Map(model.written);
    const batch = keys.map((key) => {
      next.set(key, (next.get(key) ?? 0) + 1);
      return { topic: calls.name, key, value: Buffer.alloc(full ? 20_000 : 10), headers: { sequence: String(next.get(key)) } };
    });
    await bus.transport
      .publisher()
      .send(batch)
      .then(
        () => next.forEach((sequence, key) => void model.written.set(key, sequence)),
        () => undefined,
      );
    bus.limitPages(1_000_000);
  }
  async function commit() {
    const [reading] = sessions;
    if (!reading) return;
    await reading.member.commit(offsetsOf(reading));
    for (const [partition, next] of reading.positions) model.committed.set(partition, next);
  }
  /** Its place is taken by who stands by, or by a new one. @returns who left */
  async function die() {
    const left = sessions.shift();
    await left?.member.leave();
    if (sessions.length === 0) await enter();
    return left;
  }
  const act: Record<Exclude<Op["do"], "write" | "handle">, () => Promise<unknown>> = {
    commit,
    die,
    "stand by": enter,
    kill: async () => {
      await bus.reopen?.();
      sessions.length = 0;
      await enter();
    },
    "commit too late": async () => {
      const left = await die();
      if (left) await left.member.commit(offsetsOf(left));
    },
  };
  await enter();
  return {
    model,
    async run(op: Op) {
      if (op.do === "write") await write(op.keys, op.full);
      else if (op.do === "handle") grant(op.events);
      else await act[op.do]();
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      for (const { partition, committed } of await bus.places(calls.name, "reader")) {
        const wanted = model.committed.get(partition) ?? 0;
        if (committed !== wanted) model.wrong.push(`${partition} stands at ${committed} after ${op.do}, not at ${wanted}`);
      }
    },
    /** Everything that was acknowledged is met in the end. */
    async end() {
      grant(1_000_000);
      const all = () => [...model.written].every(([key, last]) => model.firsts.get(key)?.at(-1) === last);
      await eventually("everything that was acknowledged", all);
    },
  };
}

describe("whatever happens between write, full disk, commit, death of a member and kill", () => {
  it("no acknowledged event is lost, each key keeps its order, and no group goes back past a commit", async () => {
    let runs = 0;
    const property = fc.asyncProperty(fc.array(someOp, { minLength: 1, maxLength: 40 }), async (ops) => {
      runs += 1;
      await using bus = await openEmbeddedBus(`run${runs}`, join(folder.path, `run${runs}.db`));
      const world = await openWorld(bus, "property.call");
      for (const op of ops) await world.run(op);
      await world.end();
      expect(world.model.wrong).toEqual([]);
      for (const [key, last] of world.model.written)
        expect(world.model.firsts.get(key)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
