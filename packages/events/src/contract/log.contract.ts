import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay, type Relay } from "../relay.ts";
import { type Bus, committed, eventually, moody, type OpenBus, openTopic, publish, readAll, startReader, unavailable } from "../testing.ts";

/** What stands on topics, and who has read it. */
export function logContract(open: OpenBus): void {
  describe("what stands on a topic", () => {
    let bus: Bus;
    let relay: Relay;
    beforeAll(async () => {
      bus = await open("log");
      relay = await createRelay(bus.transport);
    });
    afterAll(async () => {
      await relay[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
    });

    it("is read from its start to its end of now, each key in its order, whoever has consumed it", async () => {
      const calls = await openTopic(bus, "log.scan");
      expect(await readAll(bus, calls)).toEqual([]);
      const { seen, handler } = moody();
      await using _reader = await startReader(bus, calls, memoryDeadLetters(), handler);
      for (let i = 0; i < 20; i++) await publish(relay, calls, `c${i}`, 1, 10);
      await eventually("everything is consumed", () => seen.length === 200);
      const found = await readAll(bus, calls);
      expect(found).toHaveLength(200);
      for (let i = 0; i < 20; i++) {
        const sequences = found.filter(({ key }) => key === `t1/c${i}`).map(({ headers }) => Number(headers["sequence"]));
        expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      }
    });

    it("is read no further than somebody wants", async () => {
      const calls = await openTopic(bus, "log.enough");
      await publish(relay, calls, "c1", 1, 10);
      const offsets: number[] = [];
      await bus.transport.scan(calls.name, (_, offset) => {
        offsets.push(offset);
        return offset === 3 ? "enough" : undefined;
      });
      expect(offsets.slice(0, 4)).toEqual([0, 1, 2, 3]);
    });

    it("is a backlog of each group that has not read it to its end, or is not there", async () => {
      const calls = await openTopic(bus, "log.backlog");
      const { refused, seen, handler } = moody();
      refused.set("c1/2", unavailable());
      const waiting = () => bus.transport.backlog(["slow"]);
      expect(await waiting()).toEqual(["slow, which joins its group"]);
      const reader = await startReader(bus, calls, memoryDeadLetters(), handler, "slow");
      await publish(relay, calls, "c1", 1, 2);
      await publish(relay, calls, "c2", 1);
      await eventually("what can be handled", async () => seen.length === 2 && (await waiting()).length === 1);
      expect(await waiting()).toEqual([expect.stringMatching(/^slow on .*trunkline\.log\.backlog\.v1\/\d+$/)]);
      refused.clear();
      await eventually("nothing waits", async () => (await waiting()).length === 0);
      expect(await committed(bus, calls, "slow")).toBe(3);
      await reader[Symbol.asyncDispose]();
      await publish(relay, calls, "c1", 3);
      expect(await waiting()).toHaveLength(1);
      expect(await waiting()).toEqual([expect.stringMatching(/^slow on /)]);
    });
  });
}
