import type { Kafka } from "./kafka.ts";
import type { RawMessage, Subscription } from "./subscription.ts";

/** Keys whose events go to the dead letters until somebody replays them; one document a key, written before the commit. */
export type ParkedKeys = {
  list(): Promise<readonly { topic: string; key: string; replay: boolean }[]>;
  park(topic: string, key: string, code: string): Promise<void>;
  unpark(topic: string, key: string): Promise<void>;
  askReplay(topic: string, key: string): Promise<void>;
};

export function deadLetterTopic(topic: string, consumer: string): string {
  return `${topic}.dlq.${consumer}`;
}

const READ_MS = 30_000;

/**
 * Applies the dead letters of one key again, in order. What fails again stays parked.
 * @returns how many were applied
 */
export async function replayDeadLetters(
  kafka: Kafka,
  group: string,
  subscription: Subscription,
  key: string,
  parked: ParkedKeys,
): Promise<number> {
  const letters = await readDeadLetters(kafka, deadLetterTopic(subscription.topic.name, group), key);
  for (const letter of letters) await subscription.handle(letter, group);
  await parked.unpark(subscription.topic.name, key);
  return letters.length;
}

/** Reads the dead-letter topic from its start to its end of now, keeping one key's letters in order of sequence. */
async function readDeadLetters(kafka: Kafka, topic: string, key: string): Promise<RawMessage[]> {
  const name = kafka.prefix + topic;
  const admin = kafka.client.admin();
  await admin.connect();
  const [end] = await admin.fetchTopicOffsets(name);
  await admin.disconnect();
  const last = Number(end?.high ?? 0) - 1;
  if (last < 0) return [];
  const found = new Map<number, RawMessage>();
  const reader = kafka.client.consumer({ groupId: `${name}.replay.${process.pid}.${performance.now()}`, sessionTimeout: 10_000 });
  await reader.connect();
  await reader.subscribe({ topic: name, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const overdue = setTimeout(() => reject(new Error(`${topic} could not be read within ${READ_MS} ms`)), READ_MS);
    const eachMessage = async ({
      message,
    }: {
      message: { key: Buffer | null; value: Buffer | null; offset: string; headers?: object };
    }) => {
      const raw = toRaw(message);
      if (raw.key === key) found.set(Number(raw.headers["sequence"]), raw);
      if (Number(message.offset) >= last) {
        clearTimeout(overdue);
        resolve();
      }
    };
    reader.run({ autoCommit: false, eachMessage }).catch(reject);
  }).finally(() => reader.disconnect());
  return [...found].sort(([a], [b]) => a - b).map(([, raw]) => raw);
}

export function toRaw(message: { key: Buffer | null; value: Buffer | null; headers?: object | undefined }): RawMessage {
  const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([key, value]) => [key, String(value)]));
  return { key: message.key?.toString("utf8") ?? "", value: message.value ?? Buffer.alloc(0), headers };
}
