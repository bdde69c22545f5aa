import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay } from "../relay.ts";
import { type Bus, entry, eventually, type OpenBus, openTopic, publication, publish, readAll, startReader } from "../testing.ts";

export function relayContract(open: OpenBus): void {
  describe("the relay", () => {
    let bus: Bus;
    beforeAll(async () => {
      bus = await open("relay");
    });
    afterAll(async () => bus[Symbol.asyncDispose]());

    it("brings the events of many aggregates to a consumer, those of each in their order and once", async () => {
      const calls = await openTopic(bus, "relay.order");
      const seen = new Map<string, number[]>();
      await using relay = await createRelay(bus.transport);
      await using _reader = await startReader(bus, calls, memoryDeadLetters(), async ({ id, sequence }) => {
        seen.set(id, [...(seen.get(id) ?? []), sequence]);
      });
      const ids = Array.from({ length: 40 }, (_, i) => `call-${i}`);
      // As a store does: with each change it offers all that the document has pending.
      for (let n = 1; n <= 20; n++) for (const id of ids) relay.offer(publication(calls, id, n > 1 ? [n - 1, n] : [n]));
      await eventually("all events", () => [...seen.values()].flat().length >= 800);
      expect(new Set([...seen.values()].map((list) => list.join()))).toEqual(new Set([Array.from({ length: 20 }, (_, i) => i + 1).join()]));
      expect([...seen.keys()].sort()).toEqual([...ids].sort());
    });

    it("describes each event in CloudEvents headers", async () => {
      const calls = await openTopic(bus, "relay.headers");
      await using relay = await createRelay(bus.transport);
      await publish(relay, calls, "c1", 3);
      const [message] = await readAll(bus, calls);
      expect(message?.key).toBe("t1/c1");
      expect(message?.headers).toEqual({
        ce_specversion: "1.0",
        ce_id: "t1/c1/3",
        ce_type: "trunkline.relay.headers.v1.queued",
        ce_source: "trunkline/calls",
        ce_subject: "c1",
        ce_time: "2023-11-14T22:13:20.003Z",
        "content-type": "application/protobuf",
        tenant: "t1",
        sequence: "3",
        schema: "1",
        actor: "employee/7",
        causation: "cause",
        correlation: "corr",
      });
    });

    it("sends once what is offered again while it is under way, and again only after that", async () => {
      const calls = await openTopic(bus, "relay.twice");
      await using relay = await createRelay(bus.transport);
      const last: number[] = [];
      const note = (n: number) => void last.push(n);
      for (let again = 0; again < 3; again++) expect(relay.offer(publication(calls, "c1", [1, 2], note))).toBe(true);
      relay.offer(publication(calls, "c1", [1, 2, 3], note));
      await eventually("everything acknowledged", () => relay.size() === 0);
      expect((await readAll(bus, calls)).map(({ headers }) => headers["sequence"])).toEqual(["1", "2", "3"]);
      expect(last).toEqual([2, 3]);
      relay.offer(publication(calls, "c1", [3], note));
      await eventually("the sweeper's copy", () => relay.size() === 0);
      expect(await readAll(bus, calls)).toHaveLength(4);
    });

    it("splits what is too much for one record batch of the broker", async () => {
      const calls = await openTopic(bus, "relay.large");
      await using relay = await createRelay(bus.transport);
      const entries = Array.from({ length: 60 }, (_, i) => entry(calls, "c1", i + 1, "q".repeat(100_000)));
      relay.offer({ ...publication(calls, "c1", []), entries });
      await eventually("everything acknowledged", () => relay.size() === 0);
      expect((await readAll(bus, calls)).map(({ headers }) => Number(headers["sequence"]))).toEqual(entries.map(({ n }) => n));
    });

    it("has sent everything when it is disposed, and takes nothing from then on", async () => {
      const calls = await openTopic(bus, "relay.drain");
      const relay = await createRelay(bus.transport);
      let out = 0;
      for (let i = 0; i < 1_200; i++) {
        relay.offer(
          publication(calls, `c${i}`, [1, 2], () => {
            out += 1;
          }),
        );
      }
      const disposed = relay[Symbol.asyncDispose]();
      expect(relay.offer(publication(calls, "late", [1]))).toBe(false);
      await disposed;
      expect([out, relay.size()]).toEqual([1_200, 0]);
      expect(await readAll(bus, calls)).toHaveLength(2_400);
    });
  });
}
