import { type CallQueue, overflows, stepAfter, turnOf } from "./call-queue.ts";
import type { Call } from "./call-state.ts";
import { type InOrder, inOrder, type Key } from "./in-order.ts";

/** Whoever is not identified by then is served as a stranger. */
const IDENTIFIED_MS = 500;
const NEVER = Number.POSITIVE_INFINITY;

export type Waiting = { readonly call: Call /** The lowest is served first. */; readonly turn: number };
type Calls = InOrder<Waiting>;

/** The calls of one queue, each at one place. */
export type QueueLine = {
  readonly queue: CallQueue;
  /** To be served, by the step of the queue's relaxations that they have come to. */
  readonly steps: Map<number, Calls>;
  /** Not yet: nobody knows who calls, or it is too early to call back. */
  readonly resting: Calls;
  /** Have waited too long here. */
  readonly leaving: Calls;
  /** Kept places that are being called back. */
  readonly dialling: Calls;
};
type Place = Waiting & { readonly line: QueueLine; readonly among: Calls; readonly changesAt: number };

/** The callers of one connection who wait for an agent or keep a place, each found at once when it is their turn. */
export type WaitingLine = {
  /** The call as it is now; one that does not wait leaves. */
  put(call: Call, now: number): void;
  /** Unless something newer is known of the call than this. */
  forget(call: Call): void;
  /** Moves on who has waited long enough, and whom a queue's new settings move. */
  settle(now: number): void;
  readonly queues: ReadonlyMap<string, QueueLine>;
  /** Whether the call waits here. */
  has(callId: string): boolean;
  readonly size: number;
};

/** @param settings equal ones are to be the same object */
export function waitingLine(settings: (queueId: string) => CallQueue): WaitingLine {
  const places = new Map<string, Place>();
  const queues = new Map<string, QueueLine>();
  const changes = inOrder<Place>();
  const lineOf = (queueId: string): QueueLine => {
    const found = queues.get(queueId);
    if (found) return found;
    const line: QueueLine = { queue: settings(queueId), steps: new Map(), resting: inOrder(), leaving: inOrder(), dialling: inOrder() };
    queues.set(queueId, line);
    return line;
  };
  const remove = (callId: string) => {
    const place = places.get(callId);
    if (!place) return;
    places.delete(callId);
    changes.remove(changeKey(place));
    place.among.remove(turnKey(place));
  };
  const put = (call: Call, now: number) => {
    remove(call.id);
    if (!isWaiting(call)) return;
    const line = lineOf(call.queue);
    const { where, step, changesAt } = whereOf(call, line.queue, now);
    const among = where === "open" ? stepOf(line, step) : line[where];
    const place: Place = { call, line, among, changesAt, turn: turnOf(line.queue, call.grade, call.queuedAt) };
    places.set(call.id, place);
    among.put(turnKey(place), place);
    if (changesAt !== NEVER) changes.put(changeKey(place), place);
  };
  return {
    put,
    forget: (call) => {
      if (places.get(call.id)?.call === call) remove(call.id);
    },
    settle(now) {
      for (const [queueId, line] of queues) {
        const same = settings(queueId) === line.queue;
        if (same && sizeOf(line) > 0) continue;
        queues.delete(queueId);
        for (const { call } of [...callsOf(line)]) put(call, now);
      }
      const due: Call[] = [];
      for (const { call, changesAt } of changes) {
        if (changesAt > now) break;
        due.push(call);
      }
      for (const call of due) put(call, now);
    },
    queues,
    has: (callId) => places.has(callId),
    get size() {
      return places.size;
    },
  };
}

const turnKey = ({ call, turn }: Place): Key => ({ by: [turn, call.queuedAt], id: call.id });
const changeKey = ({ call, changesAt }: Place): Key => ({ by: [changesAt], id: call.id });

/** Everybody in the queue's line. */
export function* callsOf({ steps, resting, leaving, dialling }: QueueLine): Iterable<Waiting> {
  for (const calls of [...steps.values(), resting, leaving, dialling]) yield* calls;
}

function sizeOf({ steps, resting, leaving, dialling }: QueueLine): number {
  return [...steps.values(), resting, leaving, dialling].reduce((sum, { size }) => sum + size, 0);
}

function stepOf({ steps }: QueueLine, step: number): Calls {
  const found = steps.get(step) ?? inOrder();
  steps.set(step, found);
  return found;
}

/** Rings at nobody and looks for an agent, or keeps its place. */
export function isWaiting({ state, outcome, endedAt, callback }: Call): boolean {
  if (callback) return callback.state === "waiting" || callback.state === "dialling";
  return state === "queued" && outcome === "" && endedAt === undefined;
}

type Where = { readonly where: "open" | "resting" | "leaving" | "dialling"; readonly step: number; readonly changesAt: number };

function whereOf(call: Call, queue: CallQueue, now: number): Where {
  const { callback, queuedAt, movedAt: since = queuedAt } = call;
  if (callback?.state === "dialling") return { where: "dialling", step: 0, changesAt: NEVER };
  if (!callback && overflows(queue, now - since)) return { where: "leaving", step: 0, changesAt: NEVER };
  const step = stepAfter(queue, now - since);
  const relaxes = since + (queue.relaxations[step]?.afterMs ?? NEVER);
  const leaves = !callback && queue.maxWaitMs > 0 ? since + queue.maxWaitMs : NEVER;
  const opens = callback?.nextAt ?? (isUnknown(call) ? queuedAt + IDENTIFIED_MS : 0);
  const rests = opens > now;
  return { where: rests ? "resting" : "open", step, changesAt: Math.min(relaxes, leaves, rests ? opens : NEVER) };
}

/** Who is calling decides about priority and the preferred agent: that is worth a moment. */
function isUnknown({ certainty, numberKind, direction }: Call): boolean {
  return direction === "inbound" && certainty === "" && numberKind === "known";
}
