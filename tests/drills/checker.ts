// A process of its own. It reads only the load's log, the databases and the topics, and says what does not fit together.
import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { connectKafka } from "@trunkline/events";
import { RequestEventSchema } from "@trunkline/proto/service-desk";
import { createLogger } from "@trunkline/runtime";
import mongoose from "mongoose";
import type { LogLine } from "./load.ts";

type Job = {
  log: string;
  tenant: string;
  kafkaBrokers: string;
  mongoUrl: string;
  prefix: string;
  databases: { desk: string; analytics: string; customer: string };
};
export type Verdict = { lost: number; doubled: number; reasons: string[] };

const job = JSON.parse(process.argv[2] ?? "{}") as Job;
const lines = readFileSync(job.log, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as LogLine);
const opened = new Map(
  lines.filter(({ kind, requestId }) => kind === "open" && requestId).map(({ op, requestId }) => [op, requestId as string]),
);
const assigned = new Set(lines.filter(({ kind, requestId }) => kind === "assign" && requestId).map(({ requestId }) => requestId as string));
const reasons: string[] = [];
let [lost, doubled] = [0, 0];
const miss = (n: number, why: string) => {
  if (n > 0) reasons.push(`${n} ${why}`);
  lost += Math.max(0, n);
};
const twice = (n: number, why: string) => {
  if (n > 0) reasons.push(`${n} ${why}`);
  doubled += Math.max(0, n);
};

const connection = await mongoose.createConnection(job.mongoUrl).asPromise();
const read = async (database: string, collection: string) =>
  (await connection.useDb(database).db?.collection(collection).find({ tenant: job.tenant }).toArray()) ?? [];
const stored = new Map((await read(job.databases.desk, "requests")).map((doc) => [String(doc._id).split("/")[1] as string, doc]));
miss([...opened.values()].filter((id) => !stored.has(id)).length, "acknowledged requests are not in the database");
miss([...assigned].filter((id) => stored.get(id)?.["state"] !== "assigned").length, "acknowledged assignments are not in the database");
twice(stored.size - new Set(opened.values()).size, "requests more than operations");

const published = await readTopic();
for (const [id, doc] of stored) {
  const seen = published.get(id) ?? new Map<number, string>();
  const missing = Array.from({ length: Number(doc["sequence"]) }, (_, n) => n + 1).filter((n) => !seen.has(n)).length;
  miss(missing, `committed events of ${id} were never published`);
  twice([...seen.keys()].filter((n) => n > Number(doc["sequence"])).length, `events of ${id} were never committed`);
}
const facts = new Map(
  (await read(job.databases.analytics, "facts"))
    .filter((doc) => String(doc._id).includes("/request/"))
    .map((doc) => [String(doc._id).split("/")[2] as string, doc["memory"] as Record<string, number>]),
);
miss([...stored.keys()].filter((id) => !facts.has(id)).length, "requests never reached the figures");
miss([...assigned].filter((id) => !(facts.get(id)?.["assignments"] ?? 0)).length, "assignments never reached the figures");
twice(
  [...facts.values()].reduce((sum, memory) => sum + Math.max(0, (memory["assignments"] ?? 0) - 1), 0),
  "assignments were counted twice",
);
await connection.close();
console.log(JSON.stringify({ lost, doubled, reasons: reasons.slice(0, 20) } satisfies Verdict));
process.exit(0);

/** Every (request, sequence) on the topic; a second copy must be the same event. */
async function readTopic(): Promise<Map<string, Map<number, string>>> {
  const { client } = connectKafka(job.kafkaBrokers, "checker", createLogger("checker", "silent"));
  const topic = `${job.prefix}trunkline.service_desk.request.v1`;
  const admin = client.admin();
  await admin.connect();
  const ends = (await admin.fetchTopicOffsets(topic)).filter(({ high, low }) => Number(high) > Number(low));
  await admin.disconnect();
  const waiting = new Map(ends.map(({ partition, high }) => [partition, Number(high) - 1]));
  const found = new Map<string, Map<number, string>>();
  if (waiting.size === 0) return found;
  const consumer = client.consumer({ groupId: `checker-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const [tenant, id = ""] = String(message.key).split("/");
        const event = fromBinary(RequestEventSchema, message.value ?? new Uint8Array());
        if (tenant === job.tenant) {
          const seen = found.get(id) ?? new Map<number, string>();
          const sequence = Number(String(message.headers?.["sequence"]));
          const before = seen.get(sequence);
          if (before !== undefined && before !== event.event.case) twice(1, `copies of event ${sequence} of ${id} differ`);
          found.set(id, seen.set(sequence, event.event.case ?? ""));
        }
        if (Number(message.offset) >= (waiting.get(partition) ?? -1)) waiting.delete(partition);
        if (waiting.size === 0) resolve();
      },
    });
  });
  await consumer.disconnect();
  return found;
}
