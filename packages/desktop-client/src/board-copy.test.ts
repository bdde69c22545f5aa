import { describe, expect, it } from "@jest/globals";
import { boardCopy } from "./board-copy.ts";
import type { Board, BoardAgent, BoardChange, BoardQueue } from "./protocol.ts";

const agent = (employeeId: string, callId = ""): BoardAgent => ({
  employeeId,
  extension: "1001",
  state: "ready",
  reason: "",
  stateSince: 1,
  callId,
  desktop: true,
  mode: "ready",
});
const queue = (queueId: string, waiting = 0): BoardQueue => ({ queueId, name: "", waiting, callbacks: 0, longestWaitSince: 0, ready: 0 });
const change = (after: number, seq: number, rest: Partial<BoardChange> = {}): BoardChange => ({
  type: "board_change",
  after,
  seq,
  part: 0,
  more: false,
  at: seq,
  agents: [],
  queues: [],
  agentsGone: [],
  queuesGone: [],
  ...rest,
});
/** A copy that has agents a and b and queue q, and its board. */
function filled() {
  const copy = boardCopy();
  return { copy, board: copy.take(change(0, 1, { agents: [agent("a"), agent("b")], queues: [queue("q")] })) as Board };
}

describe("a board put together from its changes", () => {
  it("has what came, what changed and not what went", () => {
    const { copy, board } = filled();
    expect(board).toEqual({ at: 1, agents: [agent("a"), agent("b")], queues: [queue("q")] });
    const next = copy.take(
      change(1, 2, { agents: [agent("b", "c1"), agent("d")], agentsGone: ["a"], queues: [queue("r")], queuesGone: ["q"] }),
    );
    expect(next).toEqual({ at: 2, agents: [agent("b", "c1"), agent("d")], queues: [queue("r")] });
  });

  it("keeps each row that did not change the same object, and a list in which nothing did", () => {
    const { copy, board } = filled();
    const next = copy.take(change(1, 2, { agents: [agent("b", "c1")] })) as Board;
    expect(next.agents[0]).toBe(board.agents[0]);
    expect(next.queues).toBe(board.queues);
  });

  it("holds a change when all its parts have come, and shows nothing of it before", () => {
    const { copy } = filled();
    expect(copy.take(change(1, 2, { agents: [agent("c")], more: true }))).toBeUndefined();
    expect(copy.take(change(1, 2, { agents: [agent("d")], part: 1 }))).toMatchObject({
      agents: ["a", "b", "c", "d"].map((employeeId) => ({ employeeId })),
    });
  });

  it("finds a gap: between two changes, between two parts, and at a first part that never came", () => {
    const { copy } = filled();
    expect(copy.take(change(2, 3))).toBe("gap");
    expect(copy.take(change(1, 2, { more: true }))).toBeUndefined();
    expect(copy.take(change(1, 2, { part: 2 }))).toBe("gap");
    expect(boardCopy().take(change(0, 1, { part: 1 }))).toBe("gap");
  });

  it("begins anew from nothing, also in the middle of a change", () => {
    const { copy } = filled();
    expect(copy.take(change(0, 2, { agents: [agent("z")], more: true }))).toBeUndefined();
    expect(copy.take(change(0, 2, { agents: [agent("c")] }))).toMatchObject({ agents: [{ employeeId: "c" }], queues: [] });
    expect(copy.take(change(2, 4, { agents: [agent("d")] }))).toMatchObject({ agents: [{ employeeId: "c" }, { employeeId: "d" }] });
  });
});
