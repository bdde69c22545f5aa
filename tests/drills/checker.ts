// A process of its own. It reads only the drill's log, the databases and the topics, and says what does not fit together.
import { readFileSync } from "node:fs";
import mongoose from "mongoose";
import { checkAgents, checkCalls, checkPops } from "./check-calls.ts";
import { checkDesk } from "./check-desk.ts";
import { checkMessages } from "./check-messages.ts";
import { checkOwners } from "./check-owners.ts";
import { checkPublished } from "./check-published.ts";
import type { LogLine } from "./log.ts";

export type Verdict = { readonly lost: number; readonly doubled: number; readonly stuck: number; readonly reasons: readonly string[] };

type Job = {
  readonly log: string;
  readonly tenant: string;
  readonly kafkaBrokers: string;
  readonly mongoUrl: string;
  readonly prefix: string;
  readonly databases: Readonly<Record<string, string>>;
};

export type Doc = Readonly<Record<string, unknown>> & { readonly _id: unknown };
export type Evidence = {
  readonly job: Job;
  readonly lines: readonly LogLine[];
  /** All documents of the drill's tenant in a service's collection, by id without the tenant. */
  read(service: string, collection: string): Promise<ReadonlyMap<string, Doc>>;
  lost(n: number, what: string): void;
  doubled(n: number, what: string): void;
  stuck(n: number, what: string): void;
};

const MOST_REASONS = 20;

const job = JSON.parse(process.argv[2] ?? "{}") as Job;
const connection = await mongoose.createConnection(job.mongoUrl).asPromise();
const verdict = { lost: 0, doubled: 0, stuck: 0, reasons: [] as string[] };
const count = (kind: "lost" | "doubled" | "stuck") => (n: number, what: string) => {
  if (n <= 0) return;
  verdict[kind] += n;
  if (verdict.reasons.length < MOST_REASONS) verdict.reasons.push(`${kind}: ${n} ${what}`);
};
const evidence: Evidence = {
  job,
  lines: readFileSync(job.log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogLine),
  async read(service, collection) {
    const database = job.databases[service] ?? "";
    const docs = (await connection.useDb(database).db?.collection(collection).find({ tenant: job.tenant }).toArray()) ?? [];
    return new Map(docs.map((doc) => [String(doc._id).slice(job.tenant.length + 1), doc as unknown as Doc]));
  },
  lost: count("lost"),
  doubled: count("doubled"),
  stuck: count("stuck"),
};
await checkDesk(evidence);
await checkCalls(evidence);
// Waits until distributed calls are at rest, where there are any.
await checkOwners(evidence);
await checkAgents(evidence);
checkPops(evidence);
await checkMessages(evidence);
await checkPublished(evidence);
await connection.close();
console.log(JSON.stringify(verdict satisfies Verdict));
process.exit(0);
