import type { Board } from "@trunkline/desktop-client";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";
import type { CallQueue } from "../domain/call-queue.ts";
import { type Call, waitsSince } from "../domain/call-state.ts";
import type { LineUp } from "../domain/line-up.ts";

type Seen = {
  readonly sessions: readonly AgentSession[];
  readonly extensionOf: (employeeId: string) => string;
  readonly ready: LineUp;
  readonly queues: readonly CallQueue[];
  readonly waiting: readonly Call[];
  readonly at: number;
};

/** So long somebody who was taken off line stays on the board, to be taken back. */
const SHOWN_OFFLINE_MS = 12 * 3_600_000;

/** What supervisors look at: every agent who is on line, has work or was taken off line today, every queue that is set or has callers. */
export function boardOf({ sessions, extensionOf, ready, queues, waiting, at }: Seen): Omit<Board, "at"> {
  const names = new Map(queues.map((queue) => [queue.id, queue.name]));
  for (const { queue } of waiting) if (!names.has(queue)) names.set(queue, queue);
  return {
    agents: sessions
      .map((session) => ({
        employeeId: session.id,
        extension: extensionOf(session.id),
        stateSince: session.stateSince,
        desktop: session.deskSeenAt === undefined || session.deskLeftAt === undefined,
        ...stateOf(session),
      }))
      .filter(({ state, reason, stateSince }) => state !== "offline" || (reason !== "" && stateSince > at - SHOWN_OFFLINE_MS)),
    queues: [...names].map(([queueId, name]) => {
      const [kept = [], own = []] = [true, false].map((keeps) =>
        waiting.filter(({ queue, callback }) => queue === queueId && (callback !== undefined) === keeps),
      );
      const settings = queues.find(({ id }) => id === queueId);
      return {
        queueId,
        name,
        waiting: own.length,
        callbacks: kept.length,
        longestWaitSince: own.length > 0 ? Math.min(...own.map(waitsSince)) : 0,
        ready: settings ? ready.count(settings, 0) : ready.all().length,
      };
    }),
  };
}
