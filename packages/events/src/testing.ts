import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "@trunkline/errors";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { Logger } from "@trunkline/runtime";
import { type Consumer, consume } from "./consumer.ts";
import type { DeadLetters, StoredLetter } from "./dead-letters.ts";
import { connectKafka, ensureTopics, type Kafka } from "./kafka.ts";
import type { Publication, Relay } from "./relay.ts";
import { scanTopic } from "./scan-topic.ts";
import { on, type RawMessage, type Received } from "./subscription.ts";
import { type OutboxEntry, outboxEntry, type Topic, topic } from "./topic.ts";

/** For this package's own tests. */
export type Bus = { readonly kafka: Kafka; readonly logged: { message: string; fields: object }[] } & AsyncDisposable;
export type Call = Received<typeof CallEventSchema>;
type CallTopic = Topic<typeof CallEventSchema>;

/** A connection under a prefix of its own; what was created there is deleted at the end. */
export function openBus(name: string, brokers: string | undefined): Bus {
  if (!brokers) throw new Error("these tests need a broker: KAFKA_BROKERS is not set");
  const logged: Bus["logged"] = [];
  const keep = (fields: object, message: string) => void logged.push({ message, fields });
  const log: Logger = { debug: () => undefined, info: keep, warn: keep, error: keep };
  const kafka = connectKafka(brokers, name, log, `${name}-${process.pid}-${Math.round(performance.now())}.`);
  return {
    kafka,
    logged,
    [Symbol.asyncDispose]: async () => {
      const admin = kafka.client.admin();
      await admin.connect();
      const topics = (await admin.listTopics()).filter((each) => each.startsWith(kafka.prefix));
      if (topics.length > 0) await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}

export async function openTopic({ kafka }: Bus, name: string): Promise<CallTopic> {
  const calls = topic(name, CallEventSchema);
  await ensureTopics(kafka, [calls]);
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

/** Publishes events of one aggregate and waits until the broker has them. */
export async function publish(relay: Relay, calls: CallTopic, id: string, from: number, to = from): Promise<void> {
  const sequences = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  let out = 0;
  const note = (last: number) => {
    out = last;
  };
  if (!relay.offer(publication(calls, id, sequences, note))) throw new Error("the relay took nothing");
  await eventually(`${id} up to ${to} is published`, () => out === to);
}

export function startReader(
  { kafka }: Bus,
  calls: CallTopic,
  dead: DeadLetters,
  handler: (call: Call) => Promise<void>,
  group = "reader",
): Promise<Consumer> {
  return consume({ kafka, group, subscriptions: [on(calls, handler)], dead });
}

/** Everything on a topic now, in the order of each partition. */
export async function readAll({ kafka }: Bus, calls: CallTopic): Promise<RawMessage[]> {
  const found: RawMessage[] = [];
  await scanTopic(kafka, calls.name, (message) => void found.push(message));
  return found;
}

/** The one partition on which there is anything. */
export async function partitionOf({ kafka }: Bus, calls: CallTopic): Promise<number> {
  const admin = kafka.client.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(kafka.prefix + calls.name);
  await admin.disconnect();
  return offsets.find(({ high, low }) => high !== low)?.partition ?? -1;
}

/** Events that a group has committed on a topic. */
export async function committed({ kafka }: Bus, calls: CallTopic, group = "reader"): Promise<number> {
  const admin = kafka.client.admin();
  await admin.connect();
  const [offsets] = await admin.fetchOffsets({ groupId: kafka.prefix + group, topics: [kafka.prefix + calls.name] });
  await admin.disconnect();
  return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
}

/** Asks again and again until the condition holds; rejects at the deadline. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await pause(20);
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
