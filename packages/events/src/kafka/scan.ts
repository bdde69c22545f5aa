import type { KafkaMessage } from "kafkajs";
import type { Transport } from "../transport.ts";
import { toRaw } from "./message.ts";
import type { KafkaParts } from "./parts.ts";

const READ_MS = 30_000;

/** @throws Error when that takes more than 30 s */
export async function scanTopic({ client, prefix }: KafkaParts, topic: string, take: Parameters<Transport["scan"]>[1]): Promise<void> {
  const name = prefix + topic;
  const waiting = await lastOffsets(client, name);
  if (waiting.size === 0) return;
  const reader = client.consumer({
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
      const eachMessage = async ({ partition, message }: { partition: number; message: KafkaMessage }) => {
        const enough = take(toRaw(message), Number(message.offset)) === "enough";
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
async function lastOffsets(client: KafkaParts["client"], name: string): Promise<Map<number, bigint>> {
  const admin = client.admin();
  await admin.connect();
  try {
    const ranges = await admin.fetchTopicOffsets(name);
    const filled = ranges.filter(({ high, low }) => BigInt(high) > BigInt(low));
    return new Map(filled.map(({ partition, high }) => [partition, BigInt(high) - 1n]));
  } finally {
    await admin.disconnect();
  }
}
