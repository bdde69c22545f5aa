import { describe, expect, it } from "@jest/globals";
import { type Board, type BoardChange, boardCopy } from "@trunkline/desktop-client";
import { serviceScope } from "@trunkline/runtime";
import { changeMode, newSession } from "../domain/agent-session.ts";
import { abandon, answer } from "../domain/call.ts";
import { openFloor, TENANT } from "../floor.test-support.ts";
import { openBoards } from "./boards.ts";
import { type BoardContext, MOST_AGENTS, openTenantBoard, type SendPaced } from "./tenant-board.ts";

const scope = (id: string) => serviceScope("telephony", TENANT, id);

/** Somebody at a desktop: what came, and the board that it makes. A slow one's line takes a part only when it is told to. */
function watcher(slow = false) {
  const copy = boardCopy();
  const waiting: (() => void)[] = [];
  const changes: BoardChange[] = [];
  const came = Promise.withResolvers<void>();
  let board: Board | undefined;
  const send: SendPaced = (text, sent) => {
    const change = JSON.parse(text) as BoardChange;
    changes.push(change);
    const made = copy.take(change);
    if (made === "gap") throw new Error("a gap");
    board = made ?? board;
    if (made) came.resolve();
    if (slow) waiting.push(sent);
    else sent();
  };
  return {
    send,
    changes,
    /** Resolves when there is a board. */
    came: came.promise,
    takes: () => waiting.shift()?.(),
    states: () => board?.agents.map(({ employeeId, state }) => `${employeeId} ${state}`),
    waiting: () => board?.queues.map(({ queueId, waiting: calls }) => `${queueId} ${calls}`),
    size: () => board?.agents.length,
  };
}

async function openBoard(agents: readonly string[]) {
  const stack = new AsyncDisposableStack();
  const floor = stack.use(await openFloor(agents));
  const board = stack.use(openTenantBoard(floor.context, TENANT));
  /** A second later; what is read beside the look has come by the next one. */
  const look = async () => {
    floor.world.now += 1_000;
    await board.look();
    await board.look();
  };
  const sets = (instance: "context" | "other", id: string, mode: "ready" | "offline") =>
    floor[instance].sessions.change(scope(id), id, floor.world.now, (one) => changeMode(one, { mode, reason: "" }, floor.world.now));
  return { floor, board, look, sets, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("the board of a tenant", () => {
  it("follows what this instance and another one write: who comes, who goes, who calls and who was answered or gave up", async () => {
    await using open = await openBoard(["a", "b"]);
    const { board, floor, look, sets } = open;
    const one = watcher();
    board.watch(one.send);
    await look();
    expect([one.states(), one.waiting()]).toEqual([["a ready", "b ready"], ["support 0"]]);
    await sets("context", "a", "offline");
    await sets("other", "c", "ready");
    for (const id of ["c1", "c2", "c3"]) await floor.comes(id);
    await look();
    expect([one.states(), one.waiting()]).toEqual([["b ready", "c ready"], ["support 3"]]);
    await floor.other.calls.update(scope("c1"), "c1", (call) => answer(call, "1001", "b", 0, floor.world.now));
    await floor.other.calls.update(scope("c2"), "c2", (call) => abandon(call, 0, floor.world.now));
    await sets("other", "c", "offline");
    await look();
    expect([one.states(), one.waiting()]).toEqual([["b ready"], ["support 1"]]);
  });

  it("tells only what has changed, and nothing when nothing has", async () => {
    await using open = await openBoard(["a", "b"]);
    const one = watcher();
    open.board.watch(one.send);
    await open.look();
    await open.look();
    expect(one.changes).toHaveLength(1);
    await open.sets("context", "a", "offline");
    await open.look();
    expect(one.changes.slice(1)).toMatchObject([{ after: 1, seq: 2, agents: [], agentsGone: ["a"], queues: [{ ready: 1 }] }]);
  });

  it("sends who comes later the whole of it at once, and the others nothing for that", async () => {
    await using open = await openBoard(["a", "b"]);
    const [one, two] = [watcher(), watcher()];
    open.board.watch(one.send);
    await open.look();
    open.board.watch(two.send);
    expect(two.states()).toEqual(["a ready", "b ready"]);
    expect(one.changes).toHaveLength(1);
    await open.sets("context", "b", "offline");
    await open.look();
    expect([one.states(), two.states()]).toEqual([["a ready"], ["a ready"]]);
  });

  it("waits with each part until the line has taken the one before, and makes one change of what a slow line missed", async () => {
    await using open = await openBoard(["a", "b"]);
    const slow = watcher(true);
    const leave = open.board.watch(slow.send);
    await open.look();
    for (const mode of ["offline", "ready", "offline"] as const) {
      await open.sets("context", "b", mode);
      await open.look();
    }
    expect(slow.changes).toHaveLength(1);
    slow.takes();
    await open.look();
    expect(slow.changes.slice(1)).toMatchObject([{ after: 1, seq: 4 }]);
    expect(slow.states()).toEqual(["a ready"]);
    leave();
    slow.takes();
    await open.sets("context", "a", "offline");
    await open.look();
    expect(slow.changes).toHaveLength(2);
  });

  it("has 20,000 agents, in parts, and says loudly when there are more", async () => {
    await using stack = new AsyncDisposableStack();
    const floor = stack.use(await openFloor([]));
    const state = (n: number) => ({ ...newSession(`e${n}`, 1), mode: "ready" as const });
    const all = Array.from({ length: MOST_AGENTS + 1 }, (_, n) => ({ tenant: TENANT, state: state(n), version: 1, writtenAt: 1 }));
    const warned: object[] = [];
    const context: BoardContext = {
      ...floor.context,
      sessions: { ...floor.context.sessions, due: async () => all },
      log: { ...floor.context.log, warn: (fields) => warned.push(fields) },
    };
    const board = stack.use(openTenantBoard(context, TENANT));
    const one = watcher();
    board.watch(one.send);
    await board.look();
    expect(one.size()).toBe(MOST_AGENTS);
    expect(one.changes.length).toBeGreaterThan(20);
    expect(warned).toEqual([{ tenant: TENANT, most: MOST_AGENTS, left: 1 }]);
  });
});

describe("boards", () => {
  it("read and follow nothing of a tenant whom nobody watches: neither before, nor when the last watcher has gone", async () => {
    await using floor = await openFloor(["a"]);
    const counts = { reads: 0, followers: 0 };
    const { sessions } = floor.context;
    await using boards = openBoards({
      ...floor.context,
      sessions: {
        ...sessions,
        due: (...asked) => {
          counts.reads += 1;
          return sessions.due(...asked);
        },
        follow: (heard) => {
          const following = sessions.follow(heard);
          counts.followers += 1;
          return {
            [Symbol.dispose]: () => {
              counts.followers -= 1;
              following[Symbol.dispose]();
            },
          };
        },
      },
    });
    expect(counts).toEqual({ reads: 0, followers: 0 });
    const [one, two] = [watcher(), watcher()];
    const [leave, leaveToo] = [boards.watch(TENANT, one.send), boards.watch(TENANT, two.send)];
    await Promise.all([one.came, two.came]);
    leave();
    expect(counts.followers).toBe(1);
    leaveToo();
    expect(counts.followers).toBe(0);
    await boards[Symbol.asyncDispose]();
    const { reads } = counts;
    expect(reads).toBeGreaterThan(0);
    const again = watcher();
    boards.watch(TENANT, again.send);
    await again.came;
    expect(again.states()).toEqual(["a ready"]);
    expect(counts.followers).toBe(1);
  });
});
