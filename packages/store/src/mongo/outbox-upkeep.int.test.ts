import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Publication, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { createLogger } from "@trunkline/runtime";
import { removeOld } from "../retention.ts";
import type { AggregateSpec, AggregateStore } from "../store.ts";
import { mongoBackend } from "./backend.ts";
import { connectMongo, type Mongo } from "./connect.ts";

type Ticket = { readonly id: string; readonly count: number };
type Grown = { readonly type: "queued"; readonly at: number };

const spec: AggregateSpec<Ticket, Grown, typeof CallEventSchema> = {
  name: "tickets",
  noun: "ticket",
  indexes: [],
  topic: topic("contract.ticket", CallEventSchema),
  encode: () => ({ case: "queued", value: { queue: "q" } }),
};
const scope = { tenant: "t1", actor: "employee/1", causation: "", correlation: "c" };
const event = { type: "queued", at: 1 } as const;

describe("what a document has published", () => {
  const offered: Publication[] = [];
  let mongo: Mongo;
  beforeAll(async () => {
    mongo = await connectMongo(process.env["MONGO_URL"] ?? "", `upkeep_${process.pid}_${Math.round(performance.now())}`);
  });
  afterAll(async () => {
    await mongo.connection.dropDatabase();
    await mongo[Symbol.asyncDispose]();
  });
  const open = () => {
    const relay = { offer: (publication: Publication) => offered.push(publication) > 0 };
    return mongoBackend({ mongo, relay, now: () => Date.now(), log: createLogger("upkeep", "silent") });
  };
  const published = (id: string, sequence: number) =>
    offered.find((one) => one.id === id && one.entries.at(-1)?.n === sequence)?.published(sequence);
  const pending = async () => {
    const docs = await mongo.connection
      .collection("tickets")
      .find({ outbox: { $exists: true } })
      .toArray();
    return docs.map(({ _id, pendingSince, outbox }) => ({ id: String(_id), waits: pendingSince !== undefined, events: outbox.length }));
  };

  it("leaves it, at whatever sequence it stands, but for a document with a newer event", async () => {
    const backend = open();
    const tickets: AggregateStore<Ticket, Grown> = await backend.aggregates(spec);
    const grow = (state: Ticket) => ({ state: { ...state, count: state.count + 1 }, events: [event] });
    for (const id of ["a", "b", "c", "d"]) await tickets.create(scope, id, { state: { id, count: 0 }, events: [event] });
    for (const id of ["b", "c"]) await tickets.update(scope, id, grow);
    expect(await pending()).toHaveLength(4);
    published("a", 1);
    published("b", 1);
    published("c", 2);
    // Disposal takes away what is out: no waiting for the loop.
    await backend[Symbol.asyncDispose]();
    expect(await pending()).toEqual([
      { id: "t1/b", waits: true, events: 2 },
      { id: "t1/d", waits: true, events: 1 },
    ]);
  });

  it("is not offered again with the next event, though the document still holds it", async () => {
    const backend = open();
    const tickets: AggregateStore<Ticket, Grown> = await backend.aggregates(spec);
    await tickets.create(scope, "e", { state: { id: "e", count: 0 }, events: [event] });
    published("e", 1);
    await tickets.update(scope, "e", (state) => ({ state: { ...state, count: 1 }, events: [event] }));
    expect(offered.filter(({ id }) => id === "e").map(({ entries }) => entries.map(({ n }) => n))).toEqual([[1], [2]]);
    await backend[Symbol.asyncDispose]();
  });

  it("is told before a document may be removed as old", async () => {
    const backend = open();
    const over = await backend.aggregates<Ticket, Grown, typeof CallEventSchema>({
      ...spec,
      name: "over_tickets",
      indexes: [],
      overSince: () => 1,
    });
    await over.create(scope, "o", { state: { id: "o", count: 0 }, events: [event] });
    await removeOld(over, 2);
    expect(await over.find("t1", "o")).toBeDefined();
    published("o", 1);
    await backend[Symbol.asyncDispose]();
    await removeOld(over, 2);
    expect(await over.find("t1", "o")).toBeUndefined();
  });
});
