// Of bench embedded: store and log in a process of their own, and the same statements by hand on files of their own.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import { consume, createRelay, memoryDeadLetters, on, openEventLog, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { createLogger, systemClock } from "@trunkline/runtime";
import { sqliteBackend } from "@trunkline/store";
import { createCustomer } from "../services/customer/src/domain/customer.ts";
import { openCustomerStore } from "../services/customer/src/stores/customer-store.ts";
import { callers, customerOf, knownNumber, TENANT } from "./customers.ts";
import { closedLoop } from "./load.ts";
import { offer } from "./worker.ts";

const log = createLogger("bench-embedded", "warn");
const SCOPE = { tenant: TENANT, actor: "service/bench", causation: "", correlation: "bench" };
const RECORDS = 1_000;
const WIDTH = 16;
/** So many events a relay's batch has in a stream, about: the bare statements are gathered alike. */
const GATHERED = 32;
type Rec = { readonly id: string; readonly note: string; readonly count: number };
type Grown = { readonly type: "queued"; readonly at: number };
const recordTopic = topic("bench.record", CallEventSchema);

type Work = (n: number) => Promise<unknown>;
const works = new Map<string, Work>();
const after = new Map<string, () => Promise<void>>();

async function measure(name: string, ms: number) {
  const before = process.cpuUsage();
  const load = await closedLoop(WIDTH, ms, works.get(name) as Work);
  await after.get(name)?.();
  const { user, system } = process.cpuUsage(before);
  return { ...load, latenciesMs: new Float64Array(), cpuUs: user + system };
}

async function openStore(folder: string, customers: number) {
  const events = openEventLog({ file: join(folder, "bench-events.db"), now: Date.now, log, mostPartitions: 6 });
  await events.ensureTopics([recordTopic]);
  const relay = await createRelay(events);
  const backend = sqliteBackend({ file: join(folder, "bench.db"), relay, now: systemClock, log });
  const store = await openCustomerStore(
    sqliteBackend({ file: join(folder, "customers.db"), relay: { offer: () => true }, now: systemClock, log }),
  );
  for (let n = 0; n < customers; n++) {
    const customer = { ...customerOf(n), kind: "person" as const };
    await store.create(SCOPE, customer.id, createCustomer(customer, n));
  }
  const records = await backend.aggregates<Rec, Grown, typeof CallEventSchema>({
    name: "records",
    noun: "record",
    indexes: [],
    topic: recordTopic,
    encode: () => ({ case: "queued", value: { queue: "bench", numberHash: "f".repeat(230), connectorId: "bench" } }),
  });
  for (let n = 0; n < RECORDS; n++) {
    const state = { id: `r${n}`, note: "n".repeat(400), count: 0 };
    await records.create(SCOPE, state.id, { state, events: [] });
  }
  let handled = 0;
  const waiting = new Map<number, () => void>();
  const heard = on(recordTopic, async () => {
    handled += 1;
    waiting.get(handled)?.();
  });
  await consume({ transport: events, group: "bench", subscriptions: [heard], dead: memoryDeadLetters() });
  let written = 0;
  works.set("outbox", async (n) => {
    written += 1;
    await records.update(SCOPE, `r${n % RECORDS}`, (state) => ({
      state: { ...state, count: state.count + 1 },
      events: [{ type: "queued", at: Date.now() }],
    }));
  });
  after.set("outbox", async () => {
    if (handled < written) await new Promise<void>((resolve) => waiting.set(written, resolve));
  });
  const next = callers(customers, 7);
  works.set("identify", () => store.findByPhone(TENANT, `+86${next()}`, 5));
}

function openBare(folder: string, customers: number): void {
  const next = callers(customers, 7);
  const found = new DatabaseSync(join(folder, "customers.db"));
  const question = found.prepare(
    `SELECT doc FROM "customers__phoneKeys_createdAt_down__id_down" s CROSS JOIN "customers" t ON t.id = s.id
     WHERE tenant = ? AND s."phoneKeys" = ? ORDER BY s."createdAt" DESC, s.id DESC LIMIT ?`,
  );
  works.set("bare identify", async () => question.all(TENANT, `${TENANT}/+86${next()}`, 6).map(({ doc }) => JSON.parse(String(doc))));

  const db = new DatabaseSync(join(folder, "bare.db"));
  const events = new DatabaseSync(join(folder, "bare-events.db"));
  for (const one of [db, events]) one.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = normal");
  db.exec("CREATE TABLE records (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, doc TEXT NOT NULL, outbox BLOB, since INTEGER) STRICT");
  db.exec("CREATE INDEX since ON records (since) WHERE since IS NOT NULL");
  events.exec(
    "CREATE TABLE events (place INTEGER, offset INTEGER, at INTEGER, key TEXT, headers TEXT, value BLOB, PRIMARY KEY (place, offset)) WITHOUT ROWID",
  );
  events.exec("CREATE TABLE offsets (place INTEGER PRIMARY KEY, next INTEGER)");
  const doc = { note: "n".repeat(400), count: 0, version: 1, writtenAt: 1, sequence: 1, schema: 1, origin: { causation: "", hash: "" } };
  const put = db.prepare(
    "INSERT INTO records VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, outbox = excluded.outbox, since = excluded.since",
  );
  const get = db.prepare("SELECT doc, outbox FROM records WHERE id = ?");
  const clear = db.prepare("UPDATE records SET outbox = NULL, since = NULL WHERE id = ?");
  const append = events.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)");
  const read = events.prepare("SELECT * FROM events WHERE place = 1 AND offset >= ? ORDER BY offset LIMIT ?");
  const commit = events.prepare("INSERT INTO offsets VALUES (1, ?) ON CONFLICT DO UPDATE SET next = excluded.next");
  for (let n = 0; n < RECORDS; n++) put.run(`r${n}`, TENANT, JSON.stringify(doc), null, null);
  const headers = JSON.stringify({
    ce_id: "bench/r1/1",
    ce_type: "trunkline.bench.record.v1.queued",
    tenant: TENANT,
    sequence: "1",
    actor: "service/bench",
  });
  const value = Buffer.alloc(260, 1);
  let [offset, handled] = [0, 0];
  let gathered: string[] = [];
  const inOne = (one: DatabaseSync, work: () => void) => {
    one.exec("BEGIN IMMEDIATE");
    work();
    one.exec("COMMIT");
  };
  works.set("bare outbox", async (n) => {
    const id = `r${n % RECORDS}`;
    const row = get.get(id);
    const before = JSON.parse(String(row?.["doc"])) as typeof doc;
    if (row?.["outbox"]) deserialize(row["outbox"] as Uint8Array);
    const entry = [
      { n: before.sequence + 1, type: "queued", at: 1, payload: value, headers: { actor: "service/bench", correlation: "bench" } },
    ];
    put.run(
      id,
      TENANT,
      JSON.stringify({ ...before, count: before.count + 1, version: before.version + 1, sequence: before.sequence + 1 }),
      serialize(entry),
      1,
    );
    if (gathered.push(id) < GATHERED) return;
    const batch = gathered;
    gathered = [];
    inOne(events, () => {
      for (const key of batch) append.run(1, offset++, 1, key, headers, value);
    });
    handled += read.all(handled, GATHERED).map((event) => JSON.parse(String(event["headers"]))).length;
    inOne(db, () => {
      for (const key of batch) clear.run(key);
    });
    commit.run(handled);
  });
}

if (import.meta.main) {
  const timed = (name: string) => (ms: number) => measure(name, ms);
  offer({
    async open(folder: string, customers: number) {
      await openStore(folder, customers);
      openBare(folder, customers);
      return knownNumber(0);
    },
    identify: timed("identify"),
    "bare identify": timed("bare identify"),
    outbox: timed("outbox"),
    "bare outbox": timed("bare outbox"),
  });
}
