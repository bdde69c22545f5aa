import type { LineUp } from "../domain/line-up.ts";
import type { QueueLine, Waiting, WaitingLine } from "../domain/waiting-line.ts";
import type { Arrivals } from "../intake/arrivals.ts";

/** Whose turn it is, over all queues of a connection. */

type Lines = {
  readonly waiting: WaitingLine;
  readonly arrivals: Pick<Arrivals, "before">;
  /** Calls and agents of whom something is not written yet. */
  readonly underWay: { has(callId: string): boolean };
  readonly held: { readonly size: number };
};

/** Where one step of a queue's line is read: who is next there. */
export type Turn = { readonly line: QueueLine; readonly step: number; readonly rest: Iterator<Waiting>; next: Waiting; passed: number };

export function turnsOf(parts: Lines, closed: ReadonlySet<string>): Set<Turn> {
  const turns = new Set<Turn>();
  for (const [queueId, line] of parts.waiting.queues) {
    if (closed.has(queueId)) continue;
    for (const [step, calls] of line.steps) {
      const rest = calls[Symbol.iterator]();
      const next = nextOf(rest, parts);
      if (next) turns.add({ line, step, rest, next, passed: 0 });
    }
  }
  return turns;
}

export function firstOf(turns: ReadonlySet<Turn>): Turn | undefined {
  let first: Turn | undefined;
  for (const turn of turns) if (!first || turn.next.turn < first.next.turn) first = turn;
  return first;
}

/** For whom nothing is under way. */
export function nextOf(rest: Iterator<Waiting>, { underWay }: Pick<Lines, "underWay">): Waiting | undefined {
  for (let one = rest.next(); !one.done; one = rest.next()) if (!underWay.has(one.value.call.id)) return one.value;
  return undefined;
}

/**
 * Whether an agent is free beside those whom earlier callers are about to find: callers who are not stored yet, or of whom nobody knows yet who
 * they are. Both take a moment, which must not cost them a whole talk of somebody who came later.
 * @param free agents who could take the call, as far as they were counted
 */
export function isAgentLeftBehind({ arrivals, waiting, held }: Lines, lineUp: LineUp, { line, step, next }: Turn, free: number): boolean {
  let ahead = 0;
  for (const { call, turn } of line.resting) {
    if (turn >= next.turn) break;
    if (call.callback === undefined) ahead += 1;
  }
  for (const callId of arrivals.before(line.queue.id, next.call.queuedAt)) if (!waiting.has(callId)) ahead += 1;
  return ahead === 0 || Math.max(free, lineUp.count(line.queue, step) - held.size) > ahead;
}

/** Customers who are called before an agent is find one free when they answer: no agent is counted on twice. */
export function isAgentLeft({ underWay, held }: Lines, lineUp: LineUp, { line: { queue, dialling }, step }: Turn): boolean {
  if (queue.callback?.first !== "customer") return true;
  const countedOn = [...dialling].filter(({ call }) => !underWay.has(call.id)).length;
  return lineUp.count(queue, step) - held.size > countedOn;
}
