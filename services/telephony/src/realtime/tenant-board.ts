import type { Clock, Logger } from "@trunkline/runtime";
import type { AgentSession } from "../domain/agent-session.ts";
import type { Call } from "../domain/call-state.ts";
import { MOST_WAITING } from "../stores/call-store.ts";
import { liveCopy } from "../stores/live-copy.ts";
import type { Stores } from "../stores/open-stores.ts";
import { type BoardRows, boardRows, changeOf, isEmpty, isOnBoard, NO_ROWS } from "./board.ts";
import { boardParts } from "./board-parts.ts";

/** Sends a text, and calls back when it has gone out. */
export type SendPaced = (text: string, sent: () => void) => void;

/** The board of one tenant, in memory while somebody watches it. */
export type TenantBoard = {
  /** Takes in what has changed, and tells the watchers. */
  look(): Promise<void>;
  /** Sends the whole board, in parts, and from then on what changes; gives the way to end that. */
  watch(send: SendPaced): () => void;
  readonly watchers: () => number;
} & Disposable;

export type BoardContext = Pick<Stores, "sessions" | "calls" | "queues" | "agents" | "ready"> & {
  readonly now: Clock;
  readonly log: Logger;
};
type Version = { readonly seq: number; readonly rows: BoardRows; readonly at: number };
type Watcher = { readonly send: SendPaced; has: Version; busy: boolean };

/** More agents than one tenant has on line. */
export const MOST_AGENTS = 20_000;

export function openTenantBoard(context: BoardContext, tenant: string): TenantBoard {
  const { sessions: store, queues, agents, ready, now, log } = context;
  const sessions = new Map<string, AgentSession>();
  let left = 0;
  const heard = (session: AgentSession) => {
    if (!isOnBoard(session, now())) sessions.delete(session.id);
    else if (sessions.has(session.id) || sessions.size < MOST_AGENTS) sessions.set(session.id, session);
    else left += 1;
  };
  const copy = liveCopy({ store, tenant, filter: { tenant }, heard, now, log });
  const waiting = waitingCalls(context, tenant);
  const watching = openWatching();
  let rows = NO_ROWS;
  return {
    async look() {
      await copy.refresh();
      const calls = await waiting();
      const seen = {
        sessions: sessions.values(),
        extensionOf: (employeeId: string) => agents.agent(tenant, employeeId)?.extension ?? "",
        ready: await ready.of(tenant),
        queues: queues.all(tenant),
        waiting: calls,
        at: now(),
      };
      rows = boardRows(seen, rows);
      for (const id of sessions.keys()) if (!rows.agents.has(id)) sessions.delete(id);
      if (left > 0) log.warn({ tenant, most: MOST_AGENTS, left }, "more agents are on line than a board shows; some are missing on it");
      left = 0;
      watching.tell(rows, seen.at);
    },
    watch: watching.watch,
    watchers: watching.count,
    [Symbol.dispose]: () => copy[Symbol.dispose](),
  };
}

/**
 * They are read anew and not followed: they are few, and nobody tells of one that another instance has answered. The more there are the less
 * often: a thousand a second.
 */
function waitingCalls({ calls, now, log }: BoardContext, tenant: string): () => Promise<readonly Call[]> {
  let known: readonly Call[] = [];
  let readAgainAt = 0;
  return async () => {
    if (now() < readAgainAt) return known;
    known = await calls.waiting(tenant);
    readAgainAt = now() + known.length;
    if (known.length >= MOST_WAITING) log.warn({ tenant, most: MOST_WAITING }, "more callers wait than a board counts");
    return known;
  };
}

/**
 * Each watcher is told what makes the present board from the one that they have, part by part as their line takes it: a slow one gets fewer
 * and larger changes, and nothing is piled up for them. Who has the same board gets the same texts.
 */
function openWatching() {
  const watchers = new Set<Watcher>();
  const none: Version = { seq: 0, rows: NO_ROWS, at: 0 };
  let current = none;
  const texts = new Map<number, readonly string[]>();
  const partsSince = ({ seq: after, rows }: Version) => {
    const parts = texts.get(after) ?? boardParts(changeOf(rows, current.rows), { after, seq: current.seq, at: current.at });
    texts.set(after, parts);
    return parts;
  };
  const bring = (watcher: Watcher) => {
    if (watcher.busy || watcher.has === current) return;
    const parts = partsSince(watcher.has);
    watcher.has = current;
    watcher.busy = true;
    const next = (n: number) => {
      const part = parts[n];
      if (part === undefined) watcher.busy = false;
      else if (watchers.has(watcher)) watcher.send(part, () => next(n + 1));
    };
    next(0);
  };
  return {
    tell(rows: BoardRows, at: number): void {
      if (current === none || !isEmpty(changeOf(current.rows, rows))) {
        current = { seq: current.seq + 1, rows, at };
        texts.clear();
      }
      for (const watcher of watchers) bring(watcher);
    },
    watch(send: SendPaced): () => void {
      const watcher: Watcher = { send, has: none, busy: false };
      watchers.add(watcher);
      bring(watcher);
      return () => void watchers.delete(watcher);
    },
    count: () => watchers.size,
  };
}
