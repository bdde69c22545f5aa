import { type Bus, keepingLog, type Logged } from "../testing.ts";
import { kafkaClient } from "./client.ts";
import { kafkaTransport } from "./transport.ts";

export type KafkaBus = Bus & { readonly prefix: string };

/** A connection under a prefix of its own; what was created there is deleted at the end. */
export async function openKafkaBus(name: string, brokers = process.env["KAFKA_BROKERS"]): Promise<KafkaBus> {
  if (!brokers) throw new Error("these tests need a broker: KAFKA_BROKERS is not set");
  const logged: Logged = [];
  const log = keepingLog(logged);
  const prefix = `${name}-${process.pid}-${Math.round(performance.now())}.`;
  const client = kafkaClient(brokers, name, log);
  const transport = kafkaTransport({ client, prefix, mostPartitions: Number.POSITIVE_INFINITY, log });
  const asAdmin = async <T>(work: (admin: ReturnType<typeof client.admin>) => Promise<T>): Promise<T> => {
    const admin = client.admin();
    await admin.connect();
    return work(admin).finally(() => admin.disconnect());
  };
  return {
    transport,
    prefix,
    logged,
    places: (topic, group) =>
      asAdmin(async (admin) => {
        const [offsets] = await admin.fetchOffsets({ groupId: prefix + group, topics: [prefix + topic] });
        const known = new Map(offsets?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
        const ranges = await admin.fetchTopicOffsets(prefix + topic);
        return ranges.map(({ partition, low, high }) => ({
          partition,
          first: Number(low),
          next: Number(high),
          committed: known.get(partition) ?? 0,
        }));
      }),
    removeBefore: (topic, partition, offset) =>
      asAdmin(async (admin) => {
        // Else the client does not know who leads the partition.
        await admin.fetchTopicOffsets(prefix + topic);
        await admin.deleteTopicRecords({ topic: prefix + topic, partitions: [{ partition, offset: String(offset) }] });
      }),
    [Symbol.asyncDispose]: async () => {
      await transport[Symbol.asyncDispose]();
      await asAdmin(async (admin) => {
        const topics = (await admin.listTopics()).filter((each) => each.startsWith(prefix));
        if (topics.length > 0) await admin.deleteTopics({ topics });
      });
    },
  };
}
