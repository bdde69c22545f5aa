import type { BoardAgent, BoardQueue } from "@trunkline/desktop-client";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";
import type { CallQueue } from "../domain/call-queue.ts";
import { type Call, waitsSince } from "../domain/call-state.ts";
import type { LineUp } from "../domain/line-up.ts";

export type BoardRows = { readonly agents: ReadonlyMap<string, BoardAgent>; readonly queues: ReadonlyMap<string, BoardQueue> };

export const NO_ROWS: BoardRows = { agents: new Map(), queues: new Map() };

type Seen = {
  readonly sessions: Iterable<AgentSession>;
  readonly extensionOf: (employeeId: string) => string;
  readonly ready: Pick<LineUp, "count" | "all">;
  readonly queues: readonly CallQueue[];
  readonly waiting: readonly Call[];
  readonly at: number;
};

/** So long somebody who was taken off line stays on the board, to be taken back. */
const SHOWN_OFFLINE_MS = 12 * 3_600_000;

/** Who is on line, has work or was taken off line today. */
export function isOnBoard(session: AgentSession, at: number): boolean {
  const { state, reason } = stateOf(session);
  return state !== "offline" || (reason !== "" && session.stateSince > at - SHOWN_OFFLINE_MS);
}

/**
 * What supervisors look at: the agents who are on the board, and every queue that is set or has callers. A row that says what it said before
 * is the same object.
 */
export function boardRows(seen: Seen, before: BoardRows): BoardRows {
  const agents = new Map<string, BoardAgent>();
  for (const session of seen.sessions) {
    if (!isOnBoard(session, seen.at)) continue;
    const row: BoardAgent = {
      employeeId: session.id,
      extension: seen.extensionOf(session.id),
      stateSince: session.stateSince,
      mode: session.mode,
      desktop: session.deskSeenAt === undefined || session.deskLeftAt === undefined,
      ...stateOf(session),
    };
    agents.set(session.id, kept(before.agents.get(session.id), row));
  }
  const queues = new Map(queueRows(seen).map((row) => [row.queueId, kept(before.queues.get(row.queueId), row)]));
  return { agents, queues };
}

function kept<T extends object>(before: T | undefined, row: T): T {
  return before && (Object.keys(row) as (keyof T)[]).every((key) => row[key] === before[key]) ? before : row;
}

function queueRows({ queues, waiting, ready }: Seen): BoardQueue[] {
  const settings = new Map<string, CallQueue | undefined>(queues.map((queue) => [queue.id, queue]));
  const lines = new Map<string, Call[]>();
  for (const call of waiting) {
    if (!settings.has(call.queue)) settings.set(call.queue, undefined);
    const line = lines.get(call.queue) ?? [];
    lines.set(call.queue, line);
    line.push(call);
  }
  return [...settings].map(([queueId, queue]) => {
    const line = lines.get(queueId) ?? [];
    const own = line.filter(({ callback }) => callback === undefined);
    return {
      queueId,
      name: queue?.name ?? queueId,
      waiting: own.length,
      callbacks: line.length - own.length,
      longestWaitSince: own.reduce((oldest, call) => (oldest === 0 ? waitsSince(call) : Math.min(oldest, waitsSince(call))), 0),
      ready: queue ? ready.count(queue, 0) : ready.all().length,
    };
  });
}

export type RowsChange = {
  readonly agents: readonly BoardAgent[];
  readonly queues: readonly BoardQueue[];
  readonly agentsGone: readonly string[];
  readonly queuesGone: readonly string[];
};

/** What makes the rows from what they were before. */
export function changeOf(before: BoardRows, after: BoardRows): RowsChange {
  const changed = <T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>) =>
    [...to].flatMap(([id, row]) => (from.get(id) === row ? [] : [row]));
  const gone = (from: ReadonlyMap<string, unknown>, to: ReadonlyMap<string, unknown>) => [...from.keys()].filter((id) => !to.has(id));
  return {
    agents: changed(before.agents, after.agents),
    queues: changed(before.queues, after.queues),
    agentsGone: gone(before.agents, after.agents),
    queuesGone: gone(before.queues, after.queues),
  };
}

export const isEmpty = (change: RowsChange) => Object.values(change).every((list) => list.length === 0);
