import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import mongoose from "mongoose";
import { type Engines, startEngines } from "./index.ts";
import { localOnly, scratchFolder } from "./testing.ts";

type Doc = { _id: string | number; version?: number; n?: number; [field: string]: unknown };

/** The code of the error that `action` fails with. */
async function codeOf(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => "no error",
    (error: { code?: unknown }) => error.code,
  );
}

/** What the services ask of MongoDB; each line holds on MongoDB 8 as well. See README.md for what is missing here. */
describe.each(["memory", "file"] as const)("the MongoDB stand-in (%s)", (mongoBackend) => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let engines: Engines;
  let client: InstanceType<typeof mongoose.mongo.MongoClient>;
  let count = 0;
  const fresh = () => client.db("t").collection<Doc>(`c${++count}`);

  beforeAll(async () => {
    folder = await scratchFolder();
    engines = await startEngines({ env: localOnly(process.env), dataDir: folder.path, mongoBackend, only: ["mongo"] });
    client = new mongoose.mongo.MongoClient(engines.mongoUrl);
  }, 120_000);
  afterAll(async () => {
    await client.close();
    await engines[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it("writes state, outbox and version in one step, and nothing when the version is another", async () => {
    const calls = fresh();
    await calls.insertOne({ _id: "c1", version: 1, state: "ringing", outbox: [] });
    const update = {
      $set: { state: "talking" },
      $inc: { version: 1 },
      $push: { outbox: { $each: [{ n: 1 }, { n: 2 }] } },
    };
    const step = () => calls.findOneAndUpdate({ _id: "c1", version: 1 }, update as object, { returnDocument: "after" });
    expect(await step()).toEqual({ _id: "c1", version: 2, state: "talking", outbox: [{ n: 1 }, { n: 2 }] });
    expect(await step()).toBeNull();
  });

  it("lets one of many racing writers win", async () => {
    const calls = fresh();
    await calls.insertOne({ _id: "c1", version: 0 });
    const race = Array.from({ length: 20 }, () => calls.findOneAndUpdate({ _id: "c1", version: 0 }, { $inc: { version: 1 } } as object));
    expect((await Promise.all(race)).filter(Boolean)).toHaveLength(1);
  });

  it("serves a versioned filter from the identity's index, among thousands of documents", async () => {
    const calls = fresh();
    await calls.insertMany(Array.from({ length: 5_000 }, (_, n) => ({ _id: n, version: 1, text: "x".repeat(100) })));
    // The best of several, so that a busy machine does not decide.
    const fastest = async (filter: object) => {
      let best = Number.POSITIVE_INFINITY;
      for (let n = 0; n < 60; n += 1) {
        const begin = performance.now();
        await calls.findOne(filter);
        best = Math.min(best, performance.now() - begin);
      }
      return best;
    };
    const scanned = await fastest({ text: "none" });
    expect(await fastest({ _id: 4_999, version: 1 })).toBeLessThan(scanned / 2);
    expect(await calls.findOne({ _id: 4_999, version: 2 })).toBeNull();
  });

  it("removes published entries by identity and by sequence", async () => {
    const calls = fresh();
    await calls.insertOne({ _id: 1, outbox: [1, 2, 3, 4].map((n) => ({ id: `e${n}`, sequence: n })) });
    await calls.updateOne({ _id: 1 }, { $pull: { outbox: { id: { $in: ["e1", "e3"] } } } } as object);
    expect((await calls.findOne({ _id: 1 }))?.outbox).toEqual([
      { id: "e2", sequence: 2 },
      { id: "e4", sequence: 4 },
    ]);
    await calls.updateOne({ _id: 1 }, { $pull: { outbox: { sequence: { $lte: 2 } } } } as object);
    expect((await calls.findOne({ _id: 1 }))?.outbox).toEqual([{ id: "e4", sequence: 4 }]);
  });

  it("keeps a unique key unique for inserts and updates, and names the index", async () => {
    const people = fresh();
    await people.createIndex({ email: 1 }, { unique: true, name: "by_email" });
    await people.insertMany([
      { _id: 1, email: "a" },
      { _id: 2, email: "b" },
    ]);
    await expect(people.insertOne({ _id: 3, email: "a" })).rejects.toThrow(/by_email/);
    expect(await codeOf(people.insertOne({ _id: 3, email: "a" }))).toBe(11_000);
    expect(await codeOf(people.findOneAndUpdate({ _id: 2 }, { $set: { email: "a" } }))).toBe(11_000);
    expect((await people.findOne({ _id: 2 }))?.email).toBe("b");
  });

  it("keeps a sparse unique key for those that have it, until they give it up", async () => {
    const requests = fresh();
    await requests.createIndex({ openFor: 1 }, { unique: true, sparse: true });
    await requests.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, openFor: "anna" }]);
    expect(await codeOf(requests.updateOne({ _id: 1 }, { $set: { openFor: "anna" } }))).toBe(11_000);
    await requests.updateOne({ _id: 3 }, { $unset: { openFor: "" } });
    expect((await requests.updateOne({ _id: 1 }, { $set: { openFor: "anna" } })).modifiedCount).toBe(1);
  });

  it("inserts or updates in one step, and says 11000 when the identity exists in another version", async () => {
    const calls = fresh();
    const upsert = (version: number) =>
      calls.updateOne({ _id: "u", version }, { $set: { state: "on" }, $setOnInsert: { made: true } }, { upsert: true });
    expect((await upsert(1)).upsertedCount).toBe(1);
    expect((await upsert(1)).matchedCount).toBe(1);
    expect(await codeOf(upsert(2))).toBe(11_000);
  });

  it("writes in bulk, and reports each refused write of an unordered one", async () => {
    const calls = fresh();
    await calls.bulkWrite([
      { insertOne: { document: { _id: 1, n: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } as object } },
      { updateOne: { filter: { _id: 2 }, update: { $set: { n: 9 } }, upsert: true } },
    ]);
    expect(await calls.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 2 },
      { _id: 2, n: 9 },
    ]);
    const more = calls.insertMany([{ _id: 1 }, { _id: 3 }], { ordered: false });
    const error = await more.then(
      () => undefined,
      (reason: { writeErrors: { index: number }[] }) => reason,
    );
    expect(error?.writeErrors.map(({ index }) => index)).toEqual([0]);
    expect(await calls.countDocuments()).toBe(3);
  });

  it("finds by dotted paths, elements and presence, sorted and paged", async () => {
    const calls = fresh();
    await calls.insertMany([
      {
        _id: 1,
        queue: { id: "q" },
        legs: [
          { a: 1, b: 2 },
          { a: 2, b: 1 },
        ],
        at: 1,
      },
      { _id: 2, legs: [{ a: 1, b: 1 }], at: 2 },
      { _id: 3, at: 2 },
    ]);
    const ids = async (filter: object) => (await calls.find(filter).sort({ at: -1, _id: -1 }).limit(2).toArray()).map(({ _id }) => _id);
    expect(await ids({ "queue.id": "q" })).toEqual([1]);
    expect(await ids({ "legs.a": 1 })).toEqual([2, 1]);
    expect(await ids({ legs: { $elemMatch: { a: 1, b: 1 } } })).toEqual([2]);
    expect(await ids({ legs: { $exists: false } })).toEqual([3]);
    expect(await ids({ "legs.0": { $exists: true } })).toEqual([2, 1]);
    expect(await ids({ at: { $lte: 2 }, $or: [{ at: { $lt: 2 } }, { at: 2, _id: { $lt: 3 } }] })).toEqual([2, 1]);
    expect(await calls.findOne({ _id: 1 }, { projection: { _id: 0, "queue.id": 1 } })).toEqual({ queue: { id: "q" } });
  });

  it("counts and sums in groups", async () => {
    const calls = fresh();
    await calls.insertMany([
      { _id: 1, q: "a", s: "lost", n: 2 },
      { _id: 2, q: "a", s: "won", n: 3 },
      { _id: 3, q: "b", s: "lost", n: 4 },
    ]);
    const figures = calls.aggregate([
      { $match: { n: { $gte: 2 } } },
      { $group: { _id: "$q", n: { $sum: "$n" }, lost: { $sum: { $cond: [{ $eq: ["$s", "lost"] }, 1, 0] } } } },
      { $sort: { _id: 1 } },
      { $project: { _id: 0, queue: "$_id", n: 1, lost: 1 } },
    ]);
    expect(await figures.toArray()).toEqual([
      { queue: "a", n: 5, lost: 1 },
      { queue: "b", n: 4, lost: 1 },
    ]);
  });

  it("tells its time by hello and by serverStatus", async () => {
    for (const command of [{ hello: 1 }, { isMaster: 1 }, { serverStatus: 1 }]) {
      const before = Date.now();
      const { localTime } = await client.db("admin").command(command);
      expect(localTime).toBeInstanceOf(Date);
      expect(Math.abs(localTime.getTime() - before)).toBeLessThan(2_000);
    }
  });

  it("takes an index for expiry and a second creation of the same index", async () => {
    const calls = fresh();
    for (let again = 0; again < 2; again += 1) await calls.createIndex({ at: 1 }, { expireAfterSeconds: 60, name: "old" });
    expect(await calls.indexes()).toContainEqual(expect.objectContaining({ name: "old", expireAfterSeconds: 60 }));
  });

  if (mongoBackend === "memory") return;

  it("still has its documents and enforces its indexes after a kill and a restart", async () => {
    const people = fresh();
    await people.createIndex({ email: 1 }, { unique: true, sparse: true });
    await people.insertOne({ _id: 1, email: "a" });
    await engines.kill("mongo");
    await engines.restart("mongo");
    expect(await people.findOne({ email: "a", _id: 1 })).toEqual({ _id: 1, email: "a" });
    expect(await codeOf(people.insertOne({ _id: 2, email: "a" }))).toBe(11_000);
    await people.insertMany([{ _id: 3 }, { _id: 4 }]);
  });
});
