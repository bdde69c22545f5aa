import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import type { DeadLetters, StoredLetter } from "../dead-letters.ts";
import { createRelay, type Relay } from "../relay.ts";
import {
  allLetters,
  type Bus,
  committed,
  eventually,
  invalid,
  isParked,
  letters,
  moody,
  type OpenBus,
  openTopic,
  publish,
  startReader,
  unavailable,
  unparked,
} from "../testing.ts";

export function deadLettersContract(open: OpenBus): void {
  describe("an event that cannot be handled", () => {
    let bus: Bus;
    let relay: Relay;
    beforeAll(async () => {
      bus = await open("dead");
      relay = await createRelay(bus.transport);
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
      const headers = { sequence: "1" };
      const value = Buffer.alloc(0);
      const messages = [
        { key: "t1/c1", value: Buffer.from([0xff, 0xff, 0xff]), headers },
        { key: "no-tenant", value, headers },
        { key: "t1/c2", value, headers: { sequence: "first" } },
        { key: "t1/c3", value, headers: {} },
        { key: "t1/c4", value, headers },
        { key: "", value, headers },
      ];
      const publisher = bus.transport.publisher();
      await publisher.send(messages.map((message) => ({ topic: calls.name, ...message })));
      await publisher.close();
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
      await eventually("the partition waits", () =>
        bus.logged.some(({ message }) => message.includes("a dead letter could not be written")),
      );
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
}
