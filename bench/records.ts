// RecordService over records of one kind: lists by two filters, search, change, create. Beside it the bare driver with the same documents and indexes.
import { fromJson } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import { type Publication, topic } from "@trunkline/events";
import { FilterSchema, RecordEventSchema, RecordService } from "@trunkline/proto/records";
import { choice, EVERYTHING, kind, money, openRecordStores, openRecords, phone, serveRecords, text } from "@trunkline/records";
import { asking } from "@trunkline/rpc/asking";
import { createLogger, newId } from "@trunkline/runtime";
import { connectMongo, mongoBackend } from "@trunkline/store/mongo";
import { benchEngines } from "./engines.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result, type Round, type Slice } from "./harness.ts";
import { closedLoop, type Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { offer, slowed, startWorker, type Worker } from "./worker.ts";

const RECORDS = 10_000;
const WIDTH = 8;
const TENANT = "t1";
const WORK = ["list", "search", "change", "create"] as const;
type Work = (typeof WORK)[number];
type Place = { readonly mongoUrl: string; readonly name: string; readonly slowMs: number; readonly count: number };

const SOURCES = { call: ["来电", "Call"], web: ["网站", "Web"], fair: ["展会", "Fair"], friend: ["介绍", "Friend"] } as const;
const STATES = { new: ["新", "New"], met: ["已联系", "Met"], won: ["赢单", "Won"], lost: ["丢单", "Lost"] } as const;
/** Twelve fields, as of a lead. */
const prospect = kind("prospect", {
  label: ["商机", "Prospect"],
  plural: "prospects",
  fields: {
    name: text(["名称", "Name"], { required: true, search: "name" }),
    phones: phone(["电话", "Telephone"], { many: 3 }),
    source: choice(["来源", "Source"], SOURCES),
    value: money(["金额", "Value"]),
    ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`note${n}`, text([`备注${n}`, `Note ${n}`])])),
  },
  states: STATES,
  access: { supervisor: { scope: "all", may: EVERYTHING } },
  list: { columns: ["name"] },
});

export async function records(options: BenchOptions): Promise<Result> {
  if (options.store === "memory") throw new Error("records compares with the database's driver: there is no --store memory");
  await using stack = new AsyncDisposableStack();
  const engines = stack.use(await benchEngines(["mongo"], options.progress));
  const count = options.customers ?? RECORDS;
  const place = { mongoUrl: engines.mongoUrl, name: `bench-records-${process.pid}`, slowMs: options.slowMs, count };
  const product = stack.use(startWorker(import.meta.url, "product"));
  const bare = stack.use(startWorker(import.meta.url, "bare"));
  options.progress(`filling ${count} records`);
  await product.ask("open", place);
  for (let from = 0; from < count; from += FILLED_AT_ONCE) await product.ask("fill", from, Math.min(count, from + FILLED_AT_ONCE));
  await bare.ask("open", place);
  const rounds = new Map<string, readonly Round[]>();
  const plan = { rounds: options.rounds, slices: Math.ceil(options.slices / 2), sliceMs: options.sliceMs, warmUpMs: 1_000 };
  for (const work of WORK)
    for (const [name, list] of await alternate([contender(work, product), contender(`bare ${work}`, bare, work)], plan, options.progress))
      rounds.set(name, list);
  await bare.ask("drop");
  const ratio = (what: "rate" | "p99Ms", work: Work) => perRound(rounds, what, work, `bare ${work}`);
  return judge(
    {
      name: "records",
      engine: engines.engine,
      rounds: options.rounds,
      figures: figuresOf(rounds),
      notes: [
        `${count} records of twelve fields, ${WIDTH} calls in flight; handlers and driver each in a process, without gRPC between`,
        "bare: the driver with the same documents and indexes: find, and findOne with findOneAndUpdate under the version",
      ],
    },
    Object.fromEntries(
      WORK.flatMap((work) => [
        [`${work}_rate_vs_driver`, { values: ratio("rate", work), target: { atLeast: 0.7 } }],
        [`${work}_p99_vs_driver`, { values: ratio("p99Ms", work), target: { atMost: 1.5 } }],
      ]),
    ),
  );
}

const FILLED_AT_ONCE = 1_000;

function contender(name: string, worker: Worker, work: string = name): Contender {
  const run = async (ms: number): Promise<Slice> => {
    const before = await worker.cpuUs();
    const load = await worker.ask<Load>("load", work, ms);
    return { ...load, cpuUs: (await worker.cpuUs()) - before };
  };
  return { name, run };
}

const FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨";
const GIVEN = "伟芳娜敏静丽强磊军洋艳勇杰娟涛明超秀霞平";
const nameOf = (n: number) => `${FAMILY[n % FAMILY.length]}${GIVEN[(n * 7) % GIVEN.length]}${GIVEN[(n * 13) % GIVEN.length]}`;
const as = (json: unknown): Value => fromJson(ValueSchema, json as never);
const valuesOf = (n: number) => ({
  name: as(nameOf(n)),
  phones: as([`139${String(10_000_000 + n)}`]),
  source: as(Object.keys(SOURCES)[n % 4]),
  value: as({ minor: n * 100, currency: "CNY" }),
  ...Object.fromEntries(Array.from({ length: 8 }, (_, m) => [`note${m}`, as(`note ${m} of ${n % 100}`)])),
});
const TWO = fromJson(FilterSchema, {
  all: {
    filters: [
      { condition: { field: "source", operator: "equal", values: ["web"] } },
      { condition: { field: "note0", operator: "equal", values: ["note 0 of 5"] } },
    ],
  },
} as never);
const BOSS = { id: "boss", tenant: TENANT, roles: ["supervisor"] };
const log = createLogger("bench-records", "warn");

function productRole() {
  let work: Record<Work, (n: number) => Promise<unknown>>;
  let total = 0;
  const ids: string[] = [];
  offer({
    async open({ mongoUrl, name, slowMs }: Place) {
      const mongo = await connectMongo(mongoUrl, name);
      const backend = mongoBackend({ mongo, relay: { offer: published }, now: Date.now, log });
      const stores = await openRecordStores(backend, [prospect], topic("bench.record", RecordEventSchema));
      const service = await openRecords(stores, { targets: {}, now: Date.now, log, service: "bench" });
      const ask = asking([serveRecords(service)]);
      const { method } = RecordService;
      const slow = <T>(one: (n: number) => Promise<T>) => slowed(slowMs, one);
      work = {
        list: slow(() => ask(method.listRecords, { kind: "prospect", filter: TWO }, BOSS)),
        search: slow((n) => ask(method.searchRecords, { searchText: nameOf(n), kinds: ["prospect"] }, BOSS)),
        change: slow((n) =>
          ask(
            method.changeRecord,
            { kind: "prospect", recordId: ids[(n * 1_999) % ids.length] ?? "", values: { note7: as(`changed ${n}`) } },
            BOSS,
          ),
        ),
        create: slow(async (n) => {
          const { record } = await ask(method.createRecord, { kind: "prospect", values: valuesOf(n) }, BOSS);
          return record?.recordId;
        }),
      };
    },
    async fill(from: number, to: number) {
      const made = await Promise.all(Array.from({ length: to - from }, (_, n) => work.create(from + n)));
      ids.push(...made.map(String));
      total = to;
    },
    load: (what: Work, ms: number) => closedLoop(WIDTH, ms, () => work[what](total++)),
  });
}

/** Out at once: what announcing costs stands in another bench. */
function published({ entries, published: out }: Publication): boolean {
  out(entries.at(-1)?.n ?? 0);
  return true;
}

type Doc = { _id: string; tenant: string; version: number; createdAt: number; terms: string[]; keys: string[] };

function bareRole() {
  let work: Record<Work, (n: number) => Promise<unknown>>;
  let drop = async () => {};
  let total = 0;
  offer({
    async open({ mongoUrl, name }: Place) {
      const mongo = await connectMongo(mongoUrl, name);
      const db = mongo.connection.getClient().db(name);
      const [source, collection] = [db.collection<Doc>("prospects"), db.collection<Doc>("bare")];
      for (const { key } of await source.indexes()) if (!("_id" in key && Object.keys(key).length === 1)) await collection.createIndex(key);
      const all = await source.find({}).toArray();
      for (let n = 0; n < all.length; n += FILLED_AT_ONCE) await collection.insertMany(all.slice(n, n + FILLED_AT_ONCE));
      const newest = { createdAt: -1, _id: -1 } as const;
      const find = (filter: object, limit: number) =>
        collection
          .find(filter, { limit, batchSize: limit + 1 })
          .sort(newest)
          .toArray();
      const [sample] = all;
      if (!sample) throw new Error("nothing was filled");
      work = {
        list: () => find({ tenant: TENANT, terms: { $all: ["note0=note 0 of 5", "source=web"] } }, 51),
        search: (n) => find({ tenant: TENANT, keys: { $in: [`name:${nameOf(n)}`] } }, 51),
        change: async (n) => {
          const doc = await collection.findOne({ _id: all[(n * 1_999) % all.length]?._id ?? "" });
          if (!doc) throw new Error("a record is missing");
          const change = { $set: { note7: `changed ${n}`, version: doc.version + 1 } };
          return collection.findOneAndUpdate({ _id: doc._id, version: doc.version }, change, { projection: { _id: 1 } });
        },
        create: () => collection.insertOne({ ...sample, _id: `${TENANT}/${newId(Date.now())}`, createdAt: Date.now() }),
      };
      drop = () => db.dropDatabase().then(() => undefined);
    },
    load: (what: Work, ms: number) => closedLoop(WIDTH, ms, () => work[what](total++)),
    drop: () => drop(),
  });
}

if (import.meta.main) {
  const roles = { product: productRole, bare: bareRole };
  roles[process.argv[2] as keyof typeof roles]();
}
