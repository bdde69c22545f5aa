// A process of its own. It reads only the drill's log, the databases and the topics, and says what does not fit together.
import { readFileSync } from "node:fs";
import { documentsIn, type Family, type StoredDocument } from "@trunkline/dev-env";
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
  readonly settings: Family["settings"];
  readonly prefix: string;
  readonly databases: Readonly<Record<string, string>>;
};

export type Doc = StoredDocument;
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
    const docs = await documentsIn(job.settings, { service, database, collection, tenant: job.tenant });
    return new Map(docs.map((doc) => [String(doc._id).slice(job.tenant.length + 1), doc]));
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
console.log(JSON.stringify(verdict satisfies Verdict));
process.exit(0);
