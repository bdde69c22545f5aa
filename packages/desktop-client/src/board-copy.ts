import type { Board, BoardAgent, BoardChange, BoardQueue } from "./protocol.ts";

export type BoardCopy = {
  /**
   * @returns the whole board once a change is complete, undefined while parts of it are to come, "gap" when it does not follow on what is known.
   * A row that has not changed is the same object as before, and so is a list without any change.
   */
  take(change: BoardChange): Board | "gap" | undefined;
};

type Rows = { readonly agents: Map<string, BoardAgent>; readonly queues: Map<string, BoardQueue> };

/** A board as its changes make it. */
export function boardCopy(): BoardCopy {
  let known: Rows & { readonly seq: number; readonly board: Board } = {
    agents: new Map(),
    queues: new Map(),
    seq: 0,
    board: { at: 0, agents: [], queues: [] },
  };
  let coming: (Rows & { readonly seq: number; part: number }) | undefined;
  const begin = ({ after, seq }: BoardChange) => {
    if (after === 0) return { agents: new Map(), queues: new Map(), seq, part: 0 };
    return after === known.seq ? { agents: new Map(known.agents), queues: new Map(known.queues), seq, part: 0 } : undefined;
  };
  return {
    take(change) {
      if (change.part === 0) coming = begin(change);
      if (coming?.seq !== change.seq || coming.part !== change.part) return "gap";
      coming.part += 1;
      for (const row of change.agents) coming.agents.set(row.employeeId, row);
      for (const id of change.agentsGone) coming.agents.delete(id);
      for (const row of change.queues) coming.queues.set(row.queueId, row);
      for (const id of change.queuesGone) coming.queues.delete(id);
      if (change.more) return undefined;
      const { agents, queues, seq } = coming;
      const board = { at: change.at, agents: listOf(agents, known.board.agents), queues: listOf(queues, known.board.queues) };
      known = { agents, queues, seq, board };
      coming = undefined;
      return board;
    },
  };
}

function listOf<T>(rows: ReadonlyMap<string, T>, before: readonly T[]): readonly T[] {
  const list = [...rows.values()];
  return list.length === before.length && list.every((row, n) => row === before[n]) ? before : list;
}
