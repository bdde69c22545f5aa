import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { memoryParkedKeys } from "./parked-keys.fake.ts";
import { createRelay, type Relay } from "./relay.ts";
import {
  type Bus,
  type Call,
  eventually,
  invalid,
  isParked,
  letters,
  moody,
  openBus,
  openTopic,
  publish,
  readAll,
  startReader,
  unavailable,
  unparked,
} from "./testing.ts";

jest.setTimeout(60_000);

describe("a dead letter", () => {
  let bus: Bus;
  let relay: Relay;
  beforeAll(async () => {
    bus = openBus("replay", process.env["KAFKA_BROKERS"]);
    relay = await createRelay(bus.kafka);
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
  });

  it("is applied with all that followed it when somebody asks for a replay, and the key is live again", async () => {
    const calls = await openTopic(bus, "replay.replay");
    const parked = memoryParkedKeys();
    const { refused, of, handler } = moody();
    refused.set("c1/2", invalid());
    await using _reader = await startReader(bus, calls, parked, handler);
    await publish(relay, calls, "c1", 1, 5);
    await letters(bus, calls, 4);
    refused.clear();
    await parked.askReplay(calls.name, "t1/c1");
    await unparked(parked, "t1/c1");
    expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/4", "c1/5"]);
    await publish(relay, calls, "c1", 6);
    await eventually("the key to be live", () => of("c1").length === 6);
    expect(await readAll(bus, calls, "reader")).toHaveLength(4);
  });

  it("stays parked and loses no letter when the replay meets the same error, until a later one succeeds", async () => {
    const calls = await openTopic(bus, "replay.again");
    const parked = memoryParkedKeys();
    const { refused, of, tried, handler } = moody();
    refused.set("c1/1", invalid());
    refused.set("c1/3", invalid());
    await using _reader = await startReader(bus, calls, parked, handler);
    await publish(relay, calls, "c1", 1, 4);
    await letters(bus, calls, 4);
    refused.delete("c1/1");
    await parked.askReplay(calls.name, "t1/c1");
    await eventually("the wish is answered", async () => tried.includes("c1/3") && (await parked.list())[0]?.replay === false);
    expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    expect(await isParked(parked, "t1/c1")).toBe(true);
    await publish(relay, calls, "c1", 5);
    await letters(bus, calls, 5);
    expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    refused.clear();
    await parked.askReplay(calls.name, "t1/c1");
    await unparked(parked, "t1/c1");
    // What the first replay applied comes again: a fence knows it.
    expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/1", "c1/2", "c1/3", "c1/4", "c1/5"]);
  });

  it("is replayed at the next start when somebody asked while the service was down, without any new event", async () => {
    const calls = await openTopic(bus, "replay.down");
    const parked = memoryParkedKeys();
    const { refused, of, handler } = moody();
    refused.set("c1/1", invalid());
    const before = await startReader(bus, calls, parked, handler);
    await publish(relay, calls, "c1", 1, 2);
    await letters(bus, calls, 2);
    await before[Symbol.asyncDispose]();
    refused.clear();
    await parked.askReplay(calls.name, "t1/c1");
    await using _after = await startReader(bus, calls, parked, handler);
    await unparked(parked, "t1/c1");
    expect(of("c1")).toEqual(["c1/1", "c1/2"]);
  });

  it("is replayed by itself once what was unavailable is back", async () => {
    const calls = await openTopic(bus, "replay.wait");
    const parked = memoryParkedKeys();
    const { refused, of, tried, handler } = moody();
    refused.set("c1/1", invalid());
    await using _reader = await startReader(bus, calls, parked, handler);
    await publish(relay, calls, "c1", 1, 2);
    await letters(bus, calls, 2);
    refused.set("c1/1", unavailable());
    const before = tried.length;
    await parked.askReplay(calls.name, "t1/c1");
    await eventually("a first try", () => tried.length > before);
    expect(await parked.list()).toMatchObject([{ replay: true }]);
    refused.clear();
    await unparked(parked, "t1/c1");
    expect(of("c1")).toEqual(["c1/1", "c1/2"]);
  });

  it("is neither overtaken nor followed into the dead letters by events that come while its replay runs", async () => {
    const calls = await openTopic(bus, "replay.during");
    const parked = memoryParkedKeys();
    const { refused, seen, of, handler } = moody();
    refused.set("c1/1", invalid());
    let replaying = false;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = async (call: Call) => {
      if (refused.size === 0 && call.id === "c1" && call.sequence === 1) {
        replaying = true;
        await gate;
      }
      await handler(call);
    };
    await using reader = await startReader(bus, calls, parked, slow);
    await publish(relay, calls, "c1", 1, 2);
    await letters(bus, calls, 2);
    refused.clear();
    await parked.askReplay(calls.name, "t1/c1");
    await eventually("the replay to begin", () => replaying);
    await publish(relay, calls, "c1", 3, 4);
    for (let i = 2; i <= 20; i++) await publish(relay, calls, `c${i}`, 1);
    await eventually("other keys go on", () => seen.length === 19);
    expect(of("c1")).toEqual([]);
    release();
    await unparked(parked, "t1/c1");
    await eventually("what came meanwhile", () => of("c1").length === 4);
    expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/4"]);
    await eventually("everything settled", () => reader.lag() === 0);
    expect(await readAll(bus, calls, "reader")).toHaveLength(2);
  });
});
