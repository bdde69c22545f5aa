import type { Kafka } from "./kafka.ts";
import { type RawMessage, toRaw } from "./subscription.ts";

const READ_MS = 30_000;

/**
 * Reads a topic from its start to its end of now, each partition in its order. `take` ends it early with "enough".
 * @param topic without the prefix
 * @throws Error when that takes more than 30 s
 */
export async function scanTopic(
  kafka: Kafka,
  topic: string,
  take: (message: RawMessage, offset: string) => "enough" | undefined,
): Promise<void> {
  const name = kafka.prefix + topic;
  const waiting = await lastOffsets(kafka, name);
  if (waiting.size === 0) return;
  const reader = kafka.client.consumer({
    groupId: `${name}.scan.${process.pid}.${performance.now()}`,
    sessionTimeout: 10_000,
    maxWaitTimeInMs: 200,
  });
  let overdue: NodeJS.Timeout | undefined;
  try {
    await reader.connect();
    await reader.subscribe({ topic: name, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      overdue = setTimeout(() => reject(new Error(`${topic} could not be read within ${READ_MS} ms`)), READ_MS);
      const eachMessage = async ({
        partition,
        message,
      }: {
        partition: number;
        message: Parameters<typeof toRaw>[0] & { offset: string };
      }) => {
        const enough = take(toRaw(message), message.offset) === "enough";
        const last = waiting.get(partition);
        if (last === undefined || BigInt(message.offset) >= last) waiting.delete(partition);
        if (enough || waiting.size === 0) resolve();
      };
      reader.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    clearTimeout(overdue);
    await reader.disconnect();
  }
}

/** By partition; those that hold nothing (any more) are left out. */
async function lastOffsets(kafka: Kafka, name: string): Promise<Map<number, bigint>> {
  const admin = kafka.client.admin();
  await admin.connect();
  try {
    const ranges = await admin.fetchTopicOffsets(name);
    const filled = ranges.filter(({ high, low }) => BigInt(high) > BigInt(low));
    return new Map(filled.map(({ partition, high }) => [partition, BigInt(high) - 1n]));
  } finally {
    await admin.disconnect();
  }
}
