import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { memoryDeadLetters } from "./dead-letters.fake.ts";
import type { DeadLetters, StoredLetter } from "./dead-letters.ts";
import { createRelay, type Relay } from "./relay.ts";
import {
  allLetters,
  type Bus,
  type Call,
  committed,
  eventually,
  invalid,
  isParked,
  letters,
  moody,
  openBus,
  openTopic,
  publish,
  startReader,
  unavailable,
  unparked,
} from "./testing.ts";

jest.setTimeout(60_000);

describe("an event that cannot be handled", () => {
  let bus: Bus;
  let relay: Relay;
  beforeAll(async () => {
    bus = openBus("dead", process.env["KAFKA_BROKERS"]);
    relay = await createRelay(bus.kafka);
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
  });

  const summary = (list: StoredLetter[]) => list.map(({ message: { key, headers }, code }) => [key, headers["sequence"], code].join(" "));

  it("goes to the dead letters with its cause, its key follows, and other keys go on", async () => {
    const calls = await openTopic(bus, "dead.park");
    const dead = memoryDeadLetters();
    const { refused, seen, tried, handler } = moody();
    refused.set("c1/2", invalid());
    await using reader = await startReader(bus, calls, dead, handler);
    await publish(relay, calls, "c1", 1, 4);
    for (let i = 2; i <= 20; i++) await publish(relay, calls, `c${i}`, 1, 2);
    await eventually("the other keys", () => seen.length === 39);
    await eventually("everything settled", () => reader.lag() === 0);
    const written = await allLetters(dead);
    expect(summary(written)).toEqual(["t1/c1 2 queue_unknown", "t1/c1 3 key_parked", "t1/c1 4 key_parked"]);
    expect(written.map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
    expect(written[0]?.message.headers).toMatchObject({ ce_id: "t1/c1/2", tenant: "t1", actor: "employee/7", correlation: "corr" });
    expect(tried.filter((name) => name.startsWith("c1/"))).toEqual(["c1/1", "c1/2"]);
    expect(await dead.page({})).toMatchObject([{ topic: calls.name, key: "t1/c1", replay: false }]);
    expect(await committed(bus, calls)).toBe(42);
  });

  it("is tried again where that may help, and only then goes to the dead letters", async () => {
    const calls = await openTopic(bus, "dead.retry");
    const { refused, seen, tried, handler } = moody();
    refused.set("c1/1", new DomainError("not_found", "call_not_found", "there is no such call"));
    refused.set("c2/1", new DomainError("already_exists", "call_exists", "another call has the same key"));
    const dead = memoryDeadLetters();
    await using _reader = await startReader(bus, calls, dead, handler);
    await publish(relay, calls, "c1", 1);
    await publish(relay, calls, "c2", 1);
    await letters(dead, 2);
    expect(tried.filter((name) => name === "c1/1")).toHaveLength(8);
    expect(tried.filter((name) => name === "c2/1")).toHaveLength(1);
    expect(summary(await allLetters(dead)).toSorted()).toEqual(["t1/c1 1 call_not_found", "t1/c2 1 call_exists"]);
    expect(seen).toEqual([]);
  });

  it("is dead-lettered when its bytes, its key or its sequence cannot be read", async () => {
    const calls = await openTopic(bus, "dead.bytes");
    const { seen, handler } = moody();
    const dead = memoryDeadLetters();
    await using _reader = await startReader(bus, calls, dead, handler);
    const producer = bus.kafka.client.producer();
    await producer.connect();
    const headers = { sequence: "1" };
    const value = Buffer.alloc(0);
    const messages = [
      { key: "t1/c1", value: Buffer.from([0xff, 0xff, 0xff]), headers },
      { key: "no-tenant", value, headers },
      { key: "t1/c2", value, headers: { sequence: "first" } },
      { key: "t1/c3", value },
      { key: "t1/c4", value, headers },
      { key: null, value, headers },
    ];
    await producer.send({ topic: bus.kafka.prefix + calls.name, messages });
    await producer.disconnect();
    await letters(dead, 5);
    const written = await allLetters(dead);
    expect(new Set(written.map(({ code }) => code))).toEqual(new Set(["event_malformed"]));
    expect(written.map(({ message: { key } }) => key).sort()).toEqual(["", "no-tenant", "t1/c1", "t1/c2", "t1/c3"]);
    expect(written.find(({ message }) => message.key === "t1/c1")?.message.value).toEqual(Buffer.from([0xff, 0xff, 0xff]));
    expect(seen).toEqual(["c4/1"]);
  });

  it("stays parked over a restart", async () => {
    const calls = await openTopic(bus, "dead.restart");
    const dead = memoryDeadLetters();
    const { refused, seen, handler } = moody();
    refused.set("c1/1", invalid());
    const reader = await startReader(bus, calls, dead, handler);
    await publish(relay, calls, "c1", 1);
    await letters(dead, 1);
    await reader[Symbol.asyncDispose]();
    await using _again = await startReader(bus, calls, dead, handler);
    await publish(relay, calls, "c1", 2);
    await letters(dead, 2);
    expect(seen).toEqual([]);
  });

  it("stays parked for the member that reads its partition next, which has been reading others for a while", async () => {
    const calls = await openTopic(bus, "dead.members");
    const dead = memoryDeadLetters();
    const { refused, handler } = moody();
    const [one, two] = [new Set<string>(), new Set<string>()];
    const noting = (seen: Set<string>) => async (call: Call) => {
      await handler(call);
      seen.add(`${call.id}/${call.sequence}`);
    };
    const first = await startReader(bus, calls, dead, noting(one));
    await using _second = await startReader(bus, calls, dead, noting(two));
    let round = 0;
    await eventually("a share for both", async () => {
      round += 1;
      for (let i = 0; i < 6; i++) await publish(relay, calls, `r${round}-${i}`, 1);
      await eventually("this round", () => one.size + two.size >= 6 * round);
      return [...one].some((name) => name.startsWith(`r${round}`)) && [...two].some((name) => name.startsWith(`r${round}`));
    });
    const id = [...one].find((name) => name.startsWith(`r${round}`))?.slice(0, -2) ?? "";
    refused.set(`${id}/2`, invalid());
    await publish(relay, calls, id, 2);
    await letters(dead, 1);
    refused.clear();
    await first[Symbol.asyncDispose]();
    await publish(relay, calls, id, 3);
    await letters(dead, 2);
    expect([one.has(`${id}/3`), two.has(`${id}/3`)]).toEqual([false, false]);
    await dead.askReplay({ topic: calls.name, key: `t1/${id}` });
    await unparked(dead, `t1/${id}`);
    expect([two.has(`${id}/2`), two.has(`${id}/3`)]).toEqual([true, true]);
  });

  it("waits instead when its key cannot be parked, and nothing is committed", async () => {
    const calls = await openTopic(bus, "dead.unwritten");
    const dead = memoryDeadLetters();
    let away = true;
    const broken: DeadLetters = {
      ...dead,
      park: async (letter) => {
        if (away) throw unavailable();
        await dead.park(letter);
      },
    };
    const { refused, seen, handler } = moody();
    refused.set("c1/1", invalid());
    await using reader = await startReader(bus, calls, broken, handler);
    await publish(relay, calls, "c1", 1);
    await eventually("the partition waits", () => bus.logged.some(({ message }) => message.includes("a dead letter could not be written")));
    await publish(relay, calls, "c1", 2);
    expect(await committed(bus, calls)).toBe(0);
    away = false;
    await eventually("everything settled", async () => reader.lag() === 0 && (await committed(bus, calls)) === 2);
    expect(await isParked(dead, "t1/c1")).toBe(true);
    expect(seen).toEqual([]);
  });

  it.each(["letter and park", "park and commit"])("is one letter, with its cause, after a crash between %s", async (where) => {
    const calls = await openTopic(bus, `dead.crash.${where.replaceAll(" ", "-")}`);
    const dead = memoryDeadLetters();
    const { refused, tried, handler } = moody();
    let dying = false;
    /** Does what it does and then no more, as far as anybody hears. */
    const dies: DeadLetters = {
      ...dead,
      park: async (letter) => {
        if (where === "park and commit") await dead.park(letter);
        dying = true;
        throw new Error("no such process");
      },
    };
    refused.set("c1/1", invalid());
    const before = await startReader(bus, calls, dies, handler);
    await publish(relay, calls, "c1", 1, 2);
    await eventually("the crash", () => dying);
    await before[Symbol.asyncDispose]();
    expect(await committed(bus, calls)).toBe(0);
    await using after = await startReader(bus, calls, dead, handler);
    await eventually("everything settled", async () => after.lag() === 0 && (await committed(bus, calls)) === 2);
    expect(summary(await allLetters(dead))).toEqual(["t1/c1 1 queue_unknown", "t1/c1 2 key_parked"]);
    expect(tried.filter((name) => name !== "c1/1")).toEqual([]);
    refused.clear();
    await dead.askReplay({ topic: calls.name, key: "t1/c1" });
    await unparked(dead, "t1/c1");
    expect(tried.slice(-2)).toEqual(["c1/1", "c1/2"]);
    expect(await allLetters(dead)).toEqual([]);
  });
});
