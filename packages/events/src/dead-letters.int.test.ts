import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import type { ParkedKeys } from "./dead-letters.ts";
import { memoryParkedKeys } from "./parked-keys.fake.ts";
import { createRelay, type Relay } from "./relay.ts";
import { type Bus, type Call, committed, eventually, openBus, openTopic, publish, readAll, startReader } from "./testing.ts";
import type { Topic } from "./topic.ts";

const SECONDS_30 = 30_000;
const MINUTE = 60_000;

/** A handler that refuses an event by its name (`c1/2`) while a reason stands in `refused`, and lists what it took. */
function moody() {
  const refused = new Map<string, DomainError>();
  const seen: string[] = [];
  const tried: string[] = [];
  const handler = async ({ id, sequence }: Call) => {
    tried.push(`${id}/${sequence}`);
    const reason = refused.get(`${id}/${sequence}`);
    if (reason) throw reason;
    seen.push(`${id}/${sequence}`);
  };
  return { refused, seen, tried, handler, of: (id: string) => seen.filter((name) => name.startsWith(`${id}/`)) };
}

const invalid = () => new DomainError("invalid", "queue_unknown", "there is no such queue");
const unavailable = () => new DomainError("unavailable", "database_unavailable", "the database does not answer");

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

  type Letters = Awaited<ReturnType<typeof readAll>>;
  const summary = (letters: Letters) => letters.map(({ key, headers }) => [key, headers["sequence"], headers["dlq_code"]].join(" "));
  const isParked = async (parked: ParkedKeys, key: string) => (await parked.list()).some((each) => each.key === key);
  const unparked = (parked: ParkedKeys, key: string) =>
    eventually(`${key} is unparked`, async () => !(await isParked(parked, key)), SECONDS_30);
  const letter = async (calls: Topic, count: number) =>
    eventually(`${count} letters`, async () => (await readAll(bus, calls as never, "reader")).length >= count);

  it(
    "goes to the dead letters with its cause, its key follows, and other keys go on",
    async () => {
      const calls = await openTopic(bus, "dead.park");
      const parked = memoryParkedKeys();
      const { refused, seen, tried, handler } = moody();
      refused.set("c1/2", invalid());
      await using reader = await startReader(bus, calls, parked, handler);
      await publish(relay, calls, "c1", 1, 4);
      for (let i = 2; i <= 20; i++) await publish(relay, calls, `c${i}`, 1, 2);
      await eventually("the other keys", () => seen.length === 39);
      await eventually("everything settled", () => reader.lag() === 0);
      const letters = await readAll(bus, calls, "reader");
      expect(summary(letters)).toEqual(["t1/c1 2 queue_unknown", "t1/c1 3 key_parked", "t1/c1 4 key_parked"]);
      expect(letters.map(({ headers }) => headers["dlq_attempts"])).toEqual(["1", "0", "0"]);
      expect(letters[0]?.headers).toMatchObject({ ce_id: "t1/c1/2", tenant: "t1", actor: "employee/7", correlation: "corr" });
      expect(tried.filter((name) => name.startsWith("c1/"))).toEqual(["c1/1", "c1/2"]);
      expect(await parked.list()).toMatchObject([{ topic: calls.name, key: "t1/c1", replay: false }]);
      expect(await committed(bus, calls)).toBe(42);
    },
    SECONDS_30,
  );

  it(
    "is tried again where that may help, and only then goes to the dead letters",
    async () => {
      const calls = await openTopic(bus, "dead.retry");
      const { refused, seen, tried, handler } = moody();
      refused.set("c1/1", new DomainError("not_found", "call_not_found", "there is no such call"));
      refused.set("c2/1", new DomainError("already_exists", "call_exists", "another call has the same key"));
      await using _reader = await startReader(bus, calls, memoryParkedKeys(), handler);
      await publish(relay, calls, "c1", 1);
      await publish(relay, calls, "c2", 1);
      await letter(calls, 1);
      expect(tried.filter((name) => name === "c1/1")).toHaveLength(8);
      expect(tried.filter((name) => name === "c2/1")).toHaveLength(1);
      expect(summary(await readAll(bus, calls, "reader"))).toEqual(["t1/c1 1 call_not_found"]);
      expect(seen).toEqual([]);
    },
    SECONDS_30,
  );

  it(
    "is dead-lettered when its bytes, its key or its sequence cannot be read",
    async () => {
      const calls = await openTopic(bus, "dead.bytes");
      const { seen, handler } = moody();
      await using _reader = await startReader(bus, calls, memoryParkedKeys(), handler);
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
      await letter(calls, 5);
      const letters = await readAll(bus, calls, "reader");
      expect(new Set(letters.map(({ headers: { dlq_code } }) => dlq_code))).toEqual(new Set(["event_malformed"]));
      expect(letters.map(({ key }) => key).sort()).toEqual(["", "no-tenant", "t1/c1", "t1/c2", "t1/c3"]);
      expect(letters.find(({ key }) => key === "t1/c1")?.value).toEqual(Buffer.from([0xff, 0xff, 0xff]));
      expect(seen).toEqual(["c4/1"]);
    },
    SECONDS_30,
  );

  it(
    "stays parked over a restart",
    async () => {
      const calls = await openTopic(bus, "dead.restart");
      const parked = memoryParkedKeys();
      const { refused, seen, handler } = moody();
      refused.set("c1/1", invalid());
      const reader = await startReader(bus, calls, parked, handler);
      await publish(relay, calls, "c1", 1);
      await letter(calls, 1);
      await reader[Symbol.asyncDispose]();
      await using _again = await startReader(bus, calls, parked, handler);
      await publish(relay, calls, "c1", 2);
      await letter(calls, 2);
      expect(seen).toEqual([]);
    },
    SECONDS_30,
  );

  it(
    "stays parked for the member that reads its partition next, which has been reading others for a while",
    async () => {
      const calls = await openTopic(bus, "dead.members");
      const parked = memoryParkedKeys();
      const { refused, handler } = moody();
      const [one, two] = [new Set<string>(), new Set<string>()];
      const noting = (seen: Set<string>) => async (call: Call) => {
        await handler(call);
        seen.add(`${call.id}/${call.sequence}`);
      };
      const first = await startReader(bus, calls, parked, noting(one));
      await using _second = await startReader(bus, calls, parked, noting(two));
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
      await letter(calls, 1);
      refused.clear();
      await first[Symbol.asyncDispose]();
      await publish(relay, calls, id, 3);
      await letter(calls, 2);
      expect([one.has(`${id}/3`), two.has(`${id}/3`)]).toEqual([false, false]);
      await parked.askReplay(calls.name, `t1/${id}`);
      await unparked(parked, `t1/${id}`);
      expect([two.has(`${id}/2`), two.has(`${id}/3`)]).toEqual([true, true]);
    },
    SECONDS_30,
  );

  it(
    "is applied with all that followed it when somebody asks for a replay, and the key is live again",
    async () => {
      const calls = await openTopic(bus, "dead.replay");
      const parked = memoryParkedKeys();
      const { refused, of, handler } = moody();
      refused.set("c1/2", invalid());
      await using _reader = await startReader(bus, calls, parked, handler);
      await publish(relay, calls, "c1", 1, 5);
      await letter(calls, 4);
      refused.clear();
      await parked.askReplay(calls.name, "t1/c1");
      await unparked(parked, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/4", "c1/5"]);
      await publish(relay, calls, "c1", 6);
      await eventually("the key to be live", () => of("c1").length === 6);
      expect(await readAll(bus, calls, "reader")).toHaveLength(4);
    },
    SECONDS_30,
  );

  it(
    "stays parked and loses no letter when the replay meets the same error, until a later one succeeds",
    async () => {
      const calls = await openTopic(bus, "dead.again");
      const parked = memoryParkedKeys();
      const { refused, of, tried, handler } = moody();
      refused.set("c1/1", invalid());
      refused.set("c1/3", invalid());
      await using _reader = await startReader(bus, calls, parked, handler);
      await publish(relay, calls, "c1", 1, 4);
      await letter(calls, 4);
      refused.delete("c1/1");
      await parked.askReplay(calls.name, "t1/c1");
      await eventually("the wish is answered", async () => tried.includes("c1/3") && (await parked.list())[0]?.replay === false);
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
      expect(await isParked(parked, "t1/c1")).toBe(true);
      await publish(relay, calls, "c1", 5);
      await letter(calls, 5);
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
      refused.clear();
      await parked.askReplay(calls.name, "t1/c1");
      await unparked(parked, "t1/c1");
      // What the first replay applied comes again: a fence knows it.
      expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/1", "c1/2", "c1/3", "c1/4", "c1/5"]);
    },
    MINUTE,
  );

  it(
    "is replayed by itself once what was unavailable is back",
    async () => {
      const calls = await openTopic(bus, "dead.wait");
      const parked = memoryParkedKeys();
      const { refused, of, tried, handler } = moody();
      refused.set("c1/1", invalid());
      await using _reader = await startReader(bus, calls, parked, handler);
      await publish(relay, calls, "c1", 1, 2);
      await letter(calls, 2);
      refused.set("c1/1", unavailable());
      const before = tried.length;
      await parked.askReplay(calls.name, "t1/c1");
      await eventually("a first try", () => tried.length > before);
      expect(await parked.list()).toMatchObject([{ replay: true }]);
      refused.clear();
      await unparked(parked, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    },
    MINUTE,
  );

  it(
    "is neither overtaken nor followed into the dead letters by events that come while its replay runs",
    async () => {
      const calls = await openTopic(bus, "dead.during");
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
      await letter(calls, 2);
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
    },
    MINUTE,
  );

  it(
    "waits instead when its key cannot be parked, and nothing is committed",
    async () => {
      const calls = await openTopic(bus, "dead.unwritten");
      const parked = memoryParkedKeys();
      let away = true;
      const broken: ParkedKeys = {
        ...parked,
        park: async (...args) => {
          if (away) throw unavailable();
          await parked.park(...args);
        },
      };
      const { refused, seen, handler } = moody();
      refused.set("c1/1", invalid());
      await using reader = await startReader(bus, calls, broken, handler);
      await publish(relay, calls, "c1", 1);
      await eventually("the partition waits", () =>
        bus.logged.some(({ message }) => message.includes("a dead letter could not be written")),
      );
      await publish(relay, calls, "c1", 2);
      expect(await committed(bus, calls)).toBe(0);
      away = false;
      await eventually("everything settled", async () => reader.lag() === 0 && (await committed(bus, calls)) === 2);
      expect(await isParked(parked, "t1/c1")).toBe(true);
      expect(seen).toEqual([]);
    },
    SECONDS_30,
  );
});
