import { describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay } from "../relay.ts";
import {
  type Bus,
  committed,
  eventually,
  moody,
  type OpenBus,
  openTopic,
  publication,
  publish,
  readAll,
  startReader,
  unavailable,
} from "../testing.ts";

/** What a log that outlives its process keeps when that is killed at any moment. */
export function killContract(open: OpenBus): void {
  const kill = (bus: Bus) => bus.reopen?.() ?? Promise.reject(new Error("this log ends with its process"));

  describe("a process that is killed", () => {
    it("has lost nothing that was acknowledged", async () => {
      await using bus = await open("kill-events");
      const calls = await openTopic(bus, "kill.events");
      const relay = await createRelay(bus.transport);
      for (let i = 0; i < 20; i++) await publish(relay, calls, `c${i}`, 1, 5);
      await kill(bus);
      expect(await readAll(bus, calls)).toHaveLength(100);
      await using again = await createRelay(bus.transport);
      await publish(again, calls, "c0", 6);
      const sequences = (await readAll(bus, calls)).filter(({ key }) => key === "t1/c0").map(({ headers }) => headers["sequence"]);
      expect(sequences).toEqual(["1", "2", "3", "4", "5", "6"]);
      await relay[Symbol.asyncDispose]();
    });

    it("reads on from what it had committed, so that nothing is missed and only the rest comes twice", async () => {
      await using bus = await open("kill-reader");
      const calls = await openTopic(bus, "kill.reader");
      const dead = memoryDeadLetters();
      const [one, two] = [moody(), moody()];
      const relay = await createRelay(bus.transport);
      const reader = await startReader(bus, calls, dead, one.handler);
      for (let i = 0; i < 20; i++) await publish(relay, calls, `c${i}`, 1, 2);
      await eventually("a first run is committed", async () => (await committed(bus, calls)) === 40);
      one.refused.set("c0/3", unavailable());
      for (let i = 0; i < 20; i++) await publish(relay, calls, `c${i}`, 3);
      await eventually("what can be handled", () => one.seen.length === 59);
      await kill(bus);
      await using _again = await startReader(bus, calls, dead, two.handler);
      await eventually("the rest", () => two.seen.includes("c0/3") && new Set([...one.seen, ...two.seen]).size === 60);
      expect(two.seen.filter((name) => !name.endsWith("/3"))).toEqual([]);
      await reader[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    });

    it("takes what was offered and not acknowledged from its outbox, and nobody hears of a half batch", async () => {
      await using bus = await open("kill-relay");
      const calls = await openTopic(bus, "kill.relay");
      const relay = await createRelay(bus.transport);
      const out: number[] = [];
      relay.offer(publication(calls, "c1", [1, 2, 3], (last) => out.push(last)));
      await kill(bus);
      relay.offer(publication(calls, "c2", [1]));
      const found = (await readAll(bus, calls)).map(({ headers }) => headers["ce_id"]);
      expect(found).toEqual(out.length > 0 ? ["t1/c1/1", "t1/c1/2", "t1/c1/3"] : []);
      await relay[Symbol.asyncDispose]();
    });
  });
}
