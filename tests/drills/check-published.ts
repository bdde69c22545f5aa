import { setTimeout as delay } from "node:timers/promises";
import { lookAt, readTopic } from "@trunkline/dev-env";
import type { Doc, Evidence } from "./checker.ts";

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
    // Calls still wrap up while we look: what must be out was there before, what may be out is there afterwards.
    const before = await read(service, collection);
    const { sequences, differing, missing } = await published(evidence, before, `trunkline.${name}.v1`);
    const after = await read(service, collection);
    doubled(differing, `events of ${collection} have copies that differ`);
    let more = 0;
    for (const [id, seen] of sequences) more += [...seen].filter((n) => n > Number(after.get(id)?.["sequence"] ?? 0)).length;
    lost(missing, `committed events of ${collection} were never published`);
    doubled(more, `events of ${collection} were never committed`);
  }
}

/** What was committed a moment ago is published a moment later, by the sweeper at the latest. */
const LATE_MS = 10_000;

async function published(
  evidence: Evidence,
  before: ReadonlyMap<string, Doc>,
  topic: string,
): Promise<Found & { readonly missing: number }> {
  for (const end = performance.now() + LATE_MS; ; await delay(500)) {
    const found = await sequencesOf(evidence, topic);
    let missing = 0;
    for (const [id, doc] of before) {
      const seen = found.sequences.get(id) ?? new Set<number>();
      missing += Array.from({ length: Number(doc["sequence"]) }, (_, n) => n + 1).filter((n) => !seen.has(n)).length;
    }
    if (missing === 0 || performance.now() > end) return { ...found, missing };
  }
}

type Found = { readonly sequences: ReadonlyMap<string, ReadonlySet<number>>; readonly differing: number };

async function sequencesOf({ job }: Evidence, topic: string): Promise<Found> {
  await using events = await lookAt(job.settings, job.prefix);
  const values = new Map<string, Map<number, Buffer>>();
  let differing = 0;
  for (const { key, value, headers } of await readTopic(events, topic)) {
    const [tenant, ...rest] = key.split("/");
    if (tenant !== job.tenant) continue;
    const id = rest.join("/");
    const seen = values.get(id) ?? new Map<number, Buffer>();
    const sequence = Number(headers["sequence"]);
    if (seen.get(sequence)?.equals(value) === false) differing += 1;
    values.set(id, seen.set(sequence, value));
  }
  return { sequences: new Map([...values].map(([id, seen]) => [id, new Set(seen.keys())])), differing };
}
