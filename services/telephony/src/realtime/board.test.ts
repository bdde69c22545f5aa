import { describe, expect, it } from "@jest/globals";
import { type Board, type BoardChange, boardCopy } from "@trunkline/desktop-client";
import { serverMessage } from "@trunkline/desktop-client/protocol";
import fc from "fast-check";
import type { AgentSession } from "../domain/agent-session.ts";
import { newSession } from "../domain/agent-session.ts";
import { unsetQueue } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { boardRows, changeOf, isEmpty, NO_ROWS } from "./board.ts";
import { boardParts } from "./board-parts.ts";

const HOUR = 3_600_000;
const ready = { count: () => 2, all: () => [] };
const session = (id: string, part: Partial<AgentSession>): AgentSession => ({ ...newSession(id, 0), ...part });
const call = (id: string, queue: string, queuedAt: number, kept = false) =>
  ({ id, queue, queuedAt, routed: true, ...(kept ? { callback: { state: "waiting", attempts: 0, nextAt: 0 } } : {}) }) as Call;

const anAgent = fc.record({
  mode: fc.constantFrom("ready" as const, "break" as const, "offline" as const),
  reason: fc.constantFrom("", "lunch", "forced"),
  stateSince: fc.nat({ max: 20 * HOUR }),
  work: fc.oneof(
    fc.constant([]),
    fc.constant([{ callId: "c1", offerId: "o", phase: "talking" as const, since: 1 }]),
    fc.constant([{ callId: "c2", offerId: "o", phase: "ringing" as const, since: 1 }]),
  ),
});
const oneOf = (prefix: string, most: number) => fc.nat({ max: most }).map((n) => `${prefix}${n}`);
/** Who is there, what waits and which queues are set, at some instant. */
const aFloor = fc.record({
  agents: fc.dictionary(oneOf("a", 12), anAgent),
  waiting: fc.array(fc.tuple(oneOf("q", 3), fc.nat({ max: 1_000 }), fc.boolean()), { maxLength: 8 }),
  queues: fc.uniqueArray(oneOf("q", 3)),
  at: fc.nat({ max: 30 * HOUR }),
});

type Floor = typeof aFloor extends fc.Arbitrary<infer T> ? T : never;
const seenOf = ({ agents, waiting, queues, at }: Floor) => ({
  sessions: Object.entries(agents).map(([id, part]) => session(id, part)),
  extensionOf: (id: string) => id.slice(1),
  ready,
  queues: queues.map((id) => ({ ...unsetQueue(id, 1), name: `the ${id}` })),
  waiting: waiting.map(([queue, at, kept], n) => call(`c${n}`, queue, at, kept)),
  at,
});
const sorted = ({ agents, queues }: Pick<Board, "agents" | "queues">) => ({
  agents: agents.toSorted((a, b) => (a.employeeId < b.employeeId ? -1 : 1)),
  queues: queues.toSorted((a, b) => (a.queueId < b.queueId ? -1 : 1)),
});

describe("a board", () => {
  it("told by its changes is the whole board, whatever happens on the floor and however often a watcher was told", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(aFloor, fc.boolean()), { minLength: 1, maxLength: 12 }), (steps) => {
        const copy = boardCopy();
        let [rows, has, seq, known] = [NO_ROWS, NO_ROWS, 0, 0];
        steps.forEach(([floor, told], n) => {
          rows = boardRows(seenOf(floor), rows);
          seq += 1;
          if (!told && n < steps.length - 1) return;
          const parts = boardParts(changeOf(has, rows), { after: known, seq, at: floor.at });
          const boards = parts.map((text) => copy.take(serverMessage.parse(JSON.parse(text)) as BoardChange));
          const whole = boardRows(seenOf(floor), NO_ROWS);
          expect(sorted(boards.at(-1) as Board)).toEqual(
            sorted({ agents: [...whole.agents.values()], queues: [...whole.queues.values()] }),
          );
          [has, known] = [rows, seq];
        });
      }),
    );
  });

  it("says of who is talking what follows, and tells of it as a change", () => {
    const talking = { work: [{ callId: "c1", offerId: "o", phase: "talking" as const, since: 1 }], stateSince: 1 };
    const nobody = seenOf({ agents: {}, waiting: [], queues: [], at: 2 });
    const floor = (mode: "ready" | "offline") => ({ ...nobody, sessions: [session("a1", { ...talking, mode })] });
    const before = boardRows(floor("ready"), NO_ROWS);
    const { agents } = changeOf(before, boardRows(floor("offline"), before));
    expect(agents).toMatchObject([{ employeeId: "a1", state: "talking", mode: "offline" }]);
  });

  it("has the same rows, and no change, when the same is seen again", () => {
    fc.assert(
      fc.property(aFloor, (floor) => {
        const rows = boardRows(seenOf(floor), NO_ROWS);
        expect(isEmpty(changeOf(rows, boardRows(seenOf(floor), rows)))).toBe(true);
      }),
    );
  });

  it("counts who waits and who keeps a place, by queue, and since when the longest waits", () => {
    const seen = { sessions: [], extensionOf: () => "", ready, queues: [unsetQueue("set", 1)], at: 0 };
    const waiting = [call("c1", "set", 70), call("c2", "other", 50), call("c3", "other", 40), call("c4", "other", 10, true)];
    const { queues } = boardRows({ ...seen, waiting }, NO_ROWS);
    expect([...queues.values()]).toMatchObject([
      { queueId: "set", waiting: 1, callbacks: 0, longestWaitSince: 70, ready: 2 },
      { queueId: "other", name: "other", waiting: 2, callbacks: 1, longestWaitSince: 40, ready: 0 },
    ]);
  });

  it("shows who was taken off line for twelve hours, and who went by themselves not at all", () => {
    const sessions = [session("went", { reason: "" }), session("forced", { reason: "forced", stateSince: 1 })];
    const seen = { sessions, extensionOf: () => "", ready, queues: [], waiting: [] };
    expect([...boardRows({ ...seen, at: 12 * HOUR }, NO_ROWS).agents.keys()]).toEqual(["forced"]);
    expect([...boardRows({ ...seen, at: 12 * HOUR + 1 }, NO_ROWS).agents.keys()]).toEqual([]);
  });
});

describe("the messages that tell a change", () => {
  it("are each one frame of less than 64 KiB, also of 20,000 agents with names in Chinese", () => {
    const sessions = Array.from({ length: 20_000 }, (_, n) => session(`employee-${n}`, { mode: "break", reason: "午餐休息" }));
    const rows = boardRows({ sessions, extensionOf: () => "1001", ready, queues: [], waiting: [], at: 0 }, NO_ROWS);
    const parts = boardParts(changeOf(NO_ROWS, rows), { after: 0, seq: 1, at: 0 });
    expect(Math.max(...parts.map((text) => Buffer.byteLength(text)))).toBeLessThan(64 * 1024);
    const read = parts.map((text) => JSON.parse(text) as BoardChange);
    expect(read.map(({ part, more }) => [part, more])).toEqual(parts.map((_, n) => [n, n < parts.length - 1]));
    expect(read.flatMap(({ agents }) => agents)).toHaveLength(20_000);
  });
});
