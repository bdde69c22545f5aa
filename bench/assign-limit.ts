// The limit of bench assign: copies of the floor's documents and indexes, updated as distribution updates them, and nothing else.
import { connectMongo } from "@trunkline/store/mongo";
import { type Place, TENANT, WIDTH } from "./floor.ts";
import type { Slice } from "./harness.ts";
import { closedLoop } from "./load.ts";
import { cpuUs, offer } from "./worker.ts";

const DOCUMENTS = 2_000;

type Doc = { _id: string; version: number } & Record<string, unknown>;

if (import.meta.main) {
  let update: (n: number) => Promise<void>;
  let drop: () => Promise<unknown>;
  let total = 0;
  offer({
    async open({ mongoUrl, name }: Place) {
      const mongo = await connectMongo(mongoUrl, `${name}-bare`);
      const client = mongo.connection.getClient();
      const [from, to] = [client.db(name), client.db(`${name}-bare`)];
      drop = () => to.dropDatabase();
      const copied = async (collection: string) => {
        const target = to.collection<Doc>(collection);
        const indexes = await from.collection(collection).indexes();
        for (const { key, name: _name, v: _v, ...options } of indexes) await target.createIndex(key, options);
        await target.insertMany((await from.collection<Doc>(collection).find().limit(DOCUMENTS).toArray()) as never);
        const ids = (await target.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
        return { target, ids };
      };
      const [calls, sessions] = [await copied("calls"), await copied("agent_sessions")];
      const write = async ({ target, ids }: typeof calls, n: number, set: object) => {
        const doc = await target.findOne({ _id: ids[(n * 1_999) % ids.length] as string });
        if (!doc) throw new Error("a document is missing");
        const change = { $set: { ...set, version: doc.version + 1 } };
        const written = await target.findOneAndUpdate({ _id: doc._id, version: doc.version }, change, { projection: { _id: 1 } });
        if (!written) throw new Error("a version has moved");
      };
      update = async (n) => {
        const at = Date.now();
        const ring = { offerId: "00000000-0000-0000-0000-000000000000", employeeId: `agent-${n}`, extension: "100000", at, ended: "" };
        await write(calls, n, { state: "ringing", offers: [{ ...ring, expiresAt: at }], nextDueAt: at, openFor: [`${TENANT}/agent-${n}`] });
        const work = [{ callId: `burst-${n}`, offerId: ring.offerId, phase: "reserved", since: at }];
        await write(sessions, n, { work, stateSince: at, offeredAt: at, oldestWork: at, writtenAt: at });
      };
    },
    async burst(): Promise<Slice> {
      const cpu = cpuUs();
      const load = await closedLoop(WIDTH, 1_000, () => update(total++));
      return { ...load, cpuUs: cpuUs() - cpu };
    },
    drop: () => drop().then(() => undefined),
  });
}
