import type { Kafka } from "./kafka.ts";
import type { RawMessage } from "./subscription.ts";

export type ParkedKey = {
  readonly topic: string;
  readonly key: string;
  /** Only the member that reads this partition may replay the key. */
  readonly partition: number;
  /** Somebody asked for a replay that has not ended yet. */
  readonly replay: boolean;
};

/** Keys whose events go to the dead letters until somebody replays them; one document a key, written before the commit. */
export type ParkedKeys = {
  list(): Promise<readonly ParkedKey[]>;
  /** A wish to replay stays. */
  park(topic: string, key: string, partition: number, code: string): Promise<void>;
  unpark(topic: string, key: string): Promise<void>;
  askReplay(topic: string, key: string): Promise<void>;
  /** A replay met an error that trying again does not cure: the key stays parked, the wish is answered. */
  endReplay(topic: string, key: string, code: string): Promise<void>;
};

const READ_MS = 30_000;

/**
 * Reads a dead-letter topic from its start to its end of now.
 * @returns the letters of one key in the order of their events, each once: at most `limit` of them, after the first `skip`
 */
export async function readDeadLetters(kafka: Kafka, topic: string, key: string, skip: number, limit: number): Promise<RawMessage[]> {
  const name = kafka.prefix + topic;
  const last = await lastOffset(kafka, name);
  if (last === undefined) return [];
  const seen = new Set<string>();
  const found: RawMessage[] = [];
  const reader = kafka.client.consumer({
    groupId: `${name}.replay.${process.pid}.${performance.now()}`,
    sessionTimeout: 10_000,
    maxWaitTimeInMs: 200,
  });
  let overdue: NodeJS.Timeout | undefined;
  try {
    await reader.connect();
    await reader.subscribe({ topic: name, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      overdue = setTimeout(() => reject(new Error(`${topic} could not be read within ${READ_MS} ms`)), READ_MS);
      const eachMessage = async ({ message }: { message: Parameters<typeof toRaw>[0] & { offset: string } }) => {
        const raw = toRaw(message);
        // A crash between letter and commit writes a letter twice; the first ones are in order.
        const id = raw.headers["ce_id"] ?? message.offset;
        if (raw.key === key && !seen.has(id)) {
          seen.add(id);
          if (seen.size > skip && found.length < limit) found.push(raw);
        }
        if (BigInt(message.offset) >= last || found.length === limit) resolve();
      };
      reader.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    clearTimeout(overdue);
    await reader.disconnect();
  }
  return found;
}

/** Undefined when the topic holds nothing (any more). */
async function lastOffset(kafka: Kafka, name: string): Promise<bigint | undefined> {
  const admin = kafka.client.admin();
  await admin.connect();
  try {
    const [range] = await admin.fetchTopicOffsets(name);
    return range && BigInt(range.high) > BigInt(range.low) ? BigInt(range.high) - 1n : undefined;
  } finally {
    await admin.disconnect();
  }
}

export function toRaw(message: { key: Buffer | null; value: Buffer | null; headers?: object | undefined }): RawMessage {
  const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([key, value]) => [key, String(value)]));
  return { key: message.key?.toString("utf8") ?? "", value: message.value ?? Buffer.alloc(0), headers };
}
