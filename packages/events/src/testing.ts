import { DomainError } from "@trunkline/errors";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { type Logger, pause, withDeadline } from "@trunkline/runtime";
import { type Consumer, consume } from "./consumer.ts";
import type { DeadLetters, StoredLetter } from "./dead-letters.ts";
import type { Publication, Relay } from "./relay.ts";
import { on, type RawMessage, type Received } from "./subscription.ts";
import { type OutboxEntry, outboxEntry, type Topic, topic } from "./topic.ts";
import type { Transport } from "./transport.ts";

/** For this package's own tests: a transport, and what only its operator can see and do. */
export type Bus = {
  readonly transport: Transport;
  readonly logged: Logged;
  /** Where each partition of a topic stands, and what a group has committed of it. */
  places(topic: string, group: string): Promise<readonly Place[]>;
  /** As retention does: what stands before this offset is no more. */
  removeBefore(topic: string, partition: number, offset: number): Promise<void>;
  /** Where the log outlives its process: kills that, then opens the log again as `transport`. */
  readonly reopen?: () => Promise<void>;
} & AsyncDisposable;
/** @param name puts topics and groups apart from other tests' */
export type OpenBus = (name: string) => Promise<Bus>;
export type Place = { readonly partition: number; readonly first: number; readonly next: number; readonly committed: number };
export type Logged = { message: string; fields: object }[];
export type Call = Received<typeof CallEventSchema>;
type CallTopic = Topic<typeof CallEventSchema>;

/** Keeps what is worth an operator's time. */
export function keepingLog(logged: Logged): Logger {
  const keep = (fields: object, message: string) => void logged.push({ message, fields });
  return { debug: () => undefined, info: keep, warn: keep, error: keep };
}

type Over = Pick<Bus, "transport">;

export async function openTopic({ transport }: Over, name: string): Promise<CallTopic> {
  const calls = topic(name, CallEventSchema);
  await transport.ensureTopics([calls]);
  return calls;
}

export function entry(calls: CallTopic, id: string, n: number, queue = "service"): OutboxEntry {
  const scope = { tenant: "t1", actor: "employee/7", causation: "cause", correlation: "corr" };
  const message = { callId: id, event: { case: "queued" as const, value: { queue } } };
  return outboxEntry(calls, scope, { n, at: 1_700_000_000_000 + n, message });
}

export function publication(calls: CallTopic, id: string, sequences: readonly number[], published = (_last: number) => {}): Publication {
  return { source: "calls", topic: calls.name, tenant: "t1", id, entries: sequences.map((n) => entry(calls, id, n)), published };
}

/** Publishes events of one aggregate and waits until the transport has them. */
export async function publish(relay: Relay, calls: CallTopic, id: string, from: number, to = from): Promise<void> {
  const sequences = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const out = Promise.withResolvers<number>();
  if (!relay.offer(publication(calls, id, sequences, out.resolve))) throw new Error("the relay took nothing");
  await withDeadline(`publishing ${id} up to ${to}`, 15_000, out.promise);
}

export function startReader(
  { transport }: Over,
  calls: CallTopic,
  dead: DeadLetters,
  handler: (call: Call) => Promise<void>,
  group = "reader",
): Promise<Consumer> {
  return consume({ transport, group, subscriptions: [on(calls, handler)], dead });
}

/** Everything on a topic now, in the order of each partition. */
export async function readAll({ transport }: Over, calls: CallTopic): Promise<RawMessage[]> {
  const found: RawMessage[] = [];
  await transport.scan(calls.name, (message) => void found.push(message));
  return found;
}

/** The one partition on which there is anything. */
export async function filled(bus: Bus, calls: CallTopic): Promise<Place> {
  const place = (await bus.places(calls.name, "reader")).find(({ first, next }) => first !== next);
  if (!place) throw new Error("there is nothing on the topic");
  return place;
}

/** Events that a group has committed on a topic. */
export async function committed(bus: Bus, calls: CallTopic, group = "reader"): Promise<number> {
  return (await bus.places(calls.name, group)).reduce((sum, place) => sum + place.committed, 0);
}

/** Asks again and again until the condition holds; rejects at the deadline. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (let waitMs = 0; !(await condition()); waitMs = Math.min(20, waitMs + 1)) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await pause(waitMs);
  }
}

/** A handler that refuses an event by its name (`c1/2`) while a reason stands in `refused`, and lists what it took. */
export function moody() {
  const refused = new Map<string, DomainError>();
  const seen: string[] = [];
  const tried: string[] = [];
  const handler = async ({ id, sequence }: Call) => {
    tried.push(`${id}/${sequence}`);
    const reason = refused.get(`${id}/${sequence}`);
    if (reason) throw reason;
    seen.push(`${id}/${sequence}`);
  };
  return { refused, seen, tried, handler, of: (id: string) => seen.filter((name) => name.startsWith(`${id}/`)) };
}

export const invalid = () => new DomainError("invalid", "queue_unknown", "there is no such queue");
export const unavailable = () => new DomainError("unavailable", "database_unavailable", "the database does not answer");

/** The letters of every parked key, key after key. */
export async function allLetters(dead: DeadLetters): Promise<StoredLetter[]> {
  const all: StoredLetter[] = [];
  for (const { topic, key } of await dead.keys()) all.push(...(await dead.letters(topic, key)));
  return all;
}

/** Waits until a consumer has written so many letters. */
export function letters(dead: DeadLetters, count: number): Promise<void> {
  return eventually(`${count} letters`, async () => (await allLetters(dead)).length >= count);
}

export async function isParked(dead: DeadLetters, key: string): Promise<boolean> {
  return (await dead.keys()).some((each) => each.key === key);
}

export function unparked(dead: DeadLetters, key: string): Promise<void> {
  return eventually(`${key} is unparked`, async () => !(await isParked(dead, key)), 30_000);
}
