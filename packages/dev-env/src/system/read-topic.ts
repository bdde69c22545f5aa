import type { Kafka } from "@trunkline/events";

export type TopicMessage = {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
};

let readers = 0;

/** Everything that stands on a topic now, each partition in its order; `topic` without the system's prefix. */
export async function readTopic({ client, prefix }: Kafka, topic: string): Promise<TopicMessage[]> {
  const name = prefix + topic;
  const admin = client.admin();
  await admin.connect();
  const ends = (await admin.fetchTopicOffsets(name)).filter(({ high, low }) => Number(high) > Number(low));
  await admin.disconnect();
  const waiting = new Map(ends.map(({ partition, high }) => [partition, Number(high) - 1]));
  const found: TopicMessage[] = [];
  if (waiting.size === 0) return found;
  const consumer = client.consumer({ groupId: `reader-${process.pid}-${++readers}-${name}` });
  await consumer.connect();
  await consumer.subscribe({ topic: name, fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message: { key, value, headers, offset } }) => {
        const named = Object.fromEntries(Object.entries(headers ?? {}).map(([header, text]) => [header, String(text)]));
        found.push({ partition, key: String(key), value: value ?? Buffer.alloc(0), headers: named });
        if (Number(offset) >= (waiting.get(partition) ?? -1)) waiting.delete(partition);
        if (waiting.size === 0) resolve();
      },
    });
  });
  await consumer.disconnect();
  return found;
}
