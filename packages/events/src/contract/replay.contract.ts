import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { type DeadLetters, KEYS_A_PAGE } from "../dead-letters.ts";
import { createRelay, type Relay } from "../relay.ts";
import {
  allLetters,
  type Bus,
  type Call,
  eventually,
  filled,
  invalid,
  isParked,
  letters,
  moody,
  type OpenBus,
  openTopic,
  publication,
  publish,
  readAll,
  startReader,
  unavailable,
  unparked,
} from "../testing.ts";

export function replayContract(open: OpenBus): void {
  describe("a dead letter", () => {
    let bus: Bus;
    let relay: Relay;
    beforeAll(async () => {
      bus = await open("replay");
      relay = await createRelay(bus.transport);
    });
    afterAll(async () => {
      await relay[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
    });

    it("is applied with all that followed it when somebody asks for a replay, and the key is live again", async () => {
      const calls = await openTopic(bus, "replay.replay");
      const dead = memoryDeadLetters();
      const { refused, of, handler } = moody();
      refused.set("c1/2", invalid());
      await using _reader = await startReader(bus, calls, dead, handler);
      await publish(relay, calls, "c1", 1, 5);
      await letters(dead, 4);
      refused.clear();
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await unparked(dead, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/4", "c1/5"]);
      await publish(relay, calls, "c1", 6);
      await eventually("the key to be live", () => of("c1").length === 6);
      expect(await dead.letters(calls.name, "t1/c1")).toEqual([]);
    });

    it("stays parked and loses no letter when the replay meets the same error, until a later one succeeds", async () => {
      const calls = await openTopic(bus, "replay.again");
      const dead = memoryDeadLetters();
      const { refused, of, tried, handler } = moody();
      refused.set("c1/1", invalid());
      refused.set("c1/3", invalid());
      await using _reader = await startReader(bus, calls, dead, handler);
      await publish(relay, calls, "c1", 1, 4);
      await letters(dead, 4);
      refused.delete("c1/1");
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await eventually("the wish is answered", async () => tried.includes("c1/3") && (await dead.page({}))[0]?.replay === false);
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
      expect(await isParked(dead, "t1/c1")).toBe(true);
      await publish(relay, calls, "c1", 5);
      await letters(dead, 3);
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
      refused.clear();
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await unparked(dead, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/4", "c1/5"]);
    });

    it("is replayed at the next start when somebody asked while the service was down, without any new event", async () => {
      const calls = await openTopic(bus, "replay.down");
      const dead = memoryDeadLetters();
      const { refused, of, handler } = moody();
      refused.set("c1/1", invalid());
      const before = await startReader(bus, calls, dead, handler);
      await publish(relay, calls, "c1", 1, 2);
      await letters(dead, 2);
      await before[Symbol.asyncDispose]();
      refused.clear();
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await using _after = await startReader(bus, calls, dead, handler);
      await unparked(dead, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    });

    it("is replayed by itself once what was unavailable is back", async () => {
      const calls = await openTopic(bus, "replay.wait");
      const dead = memoryDeadLetters();
      const { refused, of, tried, handler } = moody();
      refused.set("c1/1", invalid());
      await using _reader = await startReader(bus, calls, dead, handler);
      await publish(relay, calls, "c1", 1, 2);
      await letters(dead, 2);
      refused.set("c1/1", unavailable());
      const before = tried.length;
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await eventually("a first try", () => tried.length > before);
      expect(await dead.page({})).toMatchObject([{ replay: true }]);
      refused.clear();
      await unparked(dead, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    });

    it("is neither overtaken nor followed into the dead letters by events that come while its replay runs", async () => {
      const calls = await openTopic(bus, "replay.during");
      const dead = memoryDeadLetters();
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
      await using reader = await startReader(bus, calls, dead, slow);
      await publish(relay, calls, "c1", 1, 2);
      await letters(dead, 2);
      refused.clear();
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await eventually("the replay to begin", () => replaying);
      await publish(relay, calls, "c1", 3, 4);
      for (let i = 2; i <= 20; i++) await publish(relay, calls, `c${i}`, 1);
      await eventually("other keys go on", () => seen.length === 19);
      expect(of("c1")).toEqual([]);
      release();
      await unparked(dead, "t1/c1");
      await eventually("what came meanwhile", () => of("c1").length === 4);
      expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/4"]);
      await eventually("everything settled", () => reader.lag() === 0);
      expect(await dead.letters(calls.name, "t1/c1")).toEqual([]);
    });

    it("goes on behind what was applied when the process dies in the middle of its replay", async () => {
      const calls = await openTopic(bus, "replay.dies");
      const dead = memoryDeadLetters();
      const { refused, of, handler } = moody();
      refused.set("c1/1", invalid());
      let dying = false;
      const dies: DeadLetters = {
        ...dead,
        remove: async (letter) => {
          dying ||= letter.message.headers["sequence"] === "3";
          if (dying) throw new Error("no such process");
          await dead.remove(letter);
        },
      };
      const before = await startReader(bus, calls, dies, handler);
      await publish(relay, calls, "c1", 1, 5);
      await letters(dead, 5);
      refused.clear();
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await eventually("the crash", () => dying);
      await before[Symbol.asyncDispose]();
      await using _after = await startReader(bus, calls, dead, handler);
      await unparked(dead, "t1/c1");
      // The third was applied and not yet removed: it comes again, and its fence knows it.
      expect(of("c1")).toEqual(["c1/1", "c1/2", "c1/3", "c1/3", "c1/4", "c1/5"]);
    });

    it("is not left behind by a replay that ends while another member writes it", async () => {
      const calls = await openTopic(bus, "replay.race");
      const dead = memoryDeadLetters();
      const { refused, of, handler } = moody();
      refused.set("c1/1", invalid());
      let raced = false;
      const races: DeadLetters = {
        ...dead,
        unpark: async (key) => {
          const [first] = buried;
          if (first && !raced) {
            raced = true;
            const another = {
              ...first,
              offset: first.offset + 1,
              message: { ...first.message, headers: { ...first.message.headers, sequence: "2" } },
            };
            await dead.write(another);
            await dead.park(another);
          }
          return dead.unpark(key);
        },
      };
      await using _reader = await startReader(bus, calls, races, handler);
      await publish(relay, calls, "c1", 1);
      await letters(dead, 1);
      const buried = await allLetters(dead);
      refused.clear();
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await unparked(dead, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    });

    it("of a key that no member knows to be parked is replayed all the same", async () => {
      const calls = await openTopic(bus, "replay.unknown");
      const dead = memoryDeadLetters();
      const { of, handler } = moody();
      await using _reader = await startReader(bus, calls, dead, handler);
      await publish(relay, calls, "c1", 1);
      await eventually("the first event", () => of("c1").length === 1);
      // By a member that was cut off and wrote too late.
      const [message] = await readAll(bus, calls);
      if (!message) throw new Error("no event");
      const { partition } = await filled(bus, calls);
      const late = { topic: calls.name, partition, offset: 9, message: { ...message, headers: { ...message.headers, sequence: "2" } } };
      await dead.write({ ...late, code: "queue_unknown", attempts: 1 });
      await dead.park({ ...late, code: "queue_unknown", attempts: 1 });
      await dead.askReplay({ topic: calls.name, key: "t1/c1" });
      await unparked(dead, "t1/c1");
      expect(of("c1")).toEqual(["c1/1", "c1/2"]);
    });

    it("costs one look at its key and one page of its own letters, however many other keys are parked", async () => {
      const [KEYS, EVENTS] = [2_000, 2];
      const calls = await openTopic(bus, "replay.many");
      const dead = memoryDeadLetters();
      const reads = { finds: 0, pages: 0, letters: 0, pagesOfKeys: 0 };
      const counting: DeadLetters = {
        ...dead,
        find: (...args) => {
          reads.finds += 1;
          return dead.find(...args);
        },
        page: async (...args) => {
          const found = await dead.page(...args);
          if (found.length > 0) reads.pagesOfKeys += 1;
          return found;
        },
        letters: async (...args) => {
          const found = await dead.letters(...args);
          reads.pages += 1;
          reads.letters += found.length;
          return found;
        },
      };
      let refusing = true;
      let applied = 0;
      await using reader = await startReader(bus, calls, counting, async () => {
        if (refusing) throw invalid();
        applied += 1;
      });
      const sequences = Array.from({ length: EVENTS }, (_, n) => n + 1);
      for (let n = 0; n < KEYS; n++) if (!relay.offer(publication(calls, `c${n}`, sequences))) throw new Error("the relay is full");
      await eventually("all is parked", async () => (await dead.keys()).length === KEYS && reader.lag() === 0, 50_000);
      expect(await dead.askReplay({ code: "queue_unknown" })).toBe(KEYS);
      refusing = false;
      await eventually("all is replayed", async () => (await dead.keys()).length === 0, 50_000);
      expect(reads).toEqual({ finds: KEYS, pages: KEYS, letters: KEYS * EVENTS, pagesOfKeys: KEYS / KEYS_A_PAGE });
      expect(applied).toBe(KEYS * EVENTS);
    });
  });
}
