import { connectKafka } from "@trunkline/events";
import { createLogger } from "@trunkline/runtime";
import type { Evidence } from "./checker.ts";

/** Who keeps what, and where it tells of it. Compacted topics are left out: they keep the newest event alone. */
const AGGREGATES = [
  ["service-desk", "requests", "service_desk.request"],
  ["service-desk", "callback_tasks", "service_desk.callback_task"],
  ["telephony", "calls", "telephony.call"],
  ["marketing", "messages", "marketing.message"],
  ["marketing", "batches", "marketing.batch"],
  ["customer", "customers", "customer.customer"],
] as const;

/** Every committed event is on its topic, nothing else is, and a second copy of one is the same. */
export async function checkPublished(evidence: Evidence): Promise<void> {
  const { read, lost, doubled } = evidence;
  for (const [service, collection, name] of AGGREGATES) {
    const { sequences, differing } = await readTopic(evidence, `${evidence.job.prefix}trunkline.${name}.v1`);
    doubled(differing, `events of ${collection} have copies that differ`);
    let [missing, more] = [0, 0];
    for (const [id, doc] of await read(service, collection)) {
      const [seen, committed] = [sequences.get(id) ?? new Set<number>(), Number(doc["sequence"])];
      const known = [...seen].filter((n) => n <= committed).length;
      missing += committed - known;
      more += seen.size - known;
    }
    lost(missing, `committed events of ${collection} were never published`);
    doubled(more, `events of ${collection} were never committed`);
  }
}

type Found = { readonly sequences: ReadonlyMap<string, ReadonlySet<number>>; readonly differing: number };

async function readTopic({ job }: Evidence, topic: string): Promise<Found> {
  const { client } = connectKafka(job.kafkaBrokers, "checker", createLogger("checker", "silent"));
  const admin = client.admin();
  await admin.connect();
  const ends = (await admin.fetchTopicOffsets(topic)).filter(({ high, low }) => Number(high) > Number(low));
  await admin.disconnect();
  const waiting = new Map(ends.map(({ partition, high }) => [partition, Number(high) - 1]));
  const values = new Map<string, Map<number, Buffer>>();
  let differing = 0;
  if (waiting.size > 0) {
    const consumer = client.consumer({ groupId: `checker-${process.pid}-${topic}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve) => {
      void consumer.run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          const [tenant, ...id] = String(message.key).split("/");
          if (tenant === job.tenant && message.value) {
            const key = id.join("/");
            const seen = values.get(key) ?? new Map<number, Buffer>();
            const sequence = Number(String(message.headers?.["sequence"]));
            if (seen.get(sequence)?.equals(message.value) === false) differing += 1;
            values.set(key, seen.set(sequence, message.value));
          }
          if (Number(message.offset) >= (waiting.get(partition) ?? -1)) waiting.delete(partition);
          if (waiting.size === 0) resolve();
        },
      });
    });
    await consumer.disconnect();
  }
  return { sequences: new Map([...values].map(([id, seen]) => [id, new Set(seen.keys())])), differing };
}
