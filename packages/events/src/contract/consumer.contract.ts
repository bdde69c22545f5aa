import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { DomainError } from "@trunkline/errors";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay, type Relay } from "../relay.ts";
import {
  type Bus,
  type Call,
  committed,
  eventually,
  filled,
  type OpenBus,
  openTopic,
  publish,
  startReader,
  unavailable,
} from "../testing.ts";

/** Keeps what it saw in a log and refuses what the switch says. */
function recorder(refuse: (call: Call) => DomainError | undefined = () => undefined) {
  const seen: string[] = [];
  const handler = async (call: Call) => {
    const error = refuse(call);
    if (error) throw error;
    seen.push(`${call.id}/${call.sequence}`);
  };
  return { seen, handler };
}

export function consumerContract(open: OpenBus): void {
  describe("a consumer", () => {
    let bus: Bus;
    let relay: Relay;
    beforeAll(async () => {
      bus = await open("consumer");
      relay = await createRelay(bus.transport);
    });
    afterAll(async () => {
      await relay[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
    });

    it("gives a handler the event, its aggregate and the scope to work in", async () => {
      const calls = await openTopic(bus, "consumer.scope");
      const seen: Call[] = [];
      await using _reader = await startReader(bus, calls, memoryDeadLetters(), async (call) => void seen.push(call));
      await publish(relay, calls, "c1", 1);
      await eventually("the event", () => seen.length === 1);
      expect(seen[0]).toMatchObject({ id: "c1", sequence: 1, eventId: "t1/c1/1", sourceActor: "employee/7" });
      expect(seen[0]?.scope).toEqual({ tenant: "t1", actor: "service/reader", causation: "t1/c1/1", correlation: "corr" });
      expect(seen[0]?.event.event).toMatchObject({ case: "queued", value: { queue: "service" } });
    });

    it("does no harm with a second copy of an event where the handler is fenced by its sequence", async () => {
      const calls = await openTopic(bus, "consumer.copy");
      const fence = new Map<string, number>();
      let met = 0;
      let effects = 0;
      await using _reader = await startReader(bus, calls, memoryDeadLetters(), async ({ id, sequence }) => {
        met += 1;
        if ((fence.get(id) ?? 0) >= sequence) return;
        fence.set(id, sequence);
        effects += 1;
      });
      await publish(relay, calls, "c1", 1, 3);
      await publish(relay, calls, "c1", 2, 4);
      await eventually("all copies", () => met === 6);
      expect([effects, fence.get("c1")]).toEqual([4, 4]);
    });

    it("waits with a partition whose handler meets something unavailable, goes on with the others, and comes back by itself", async () => {
      const calls = await openTopic(bus, "consumer.pause");
      let away = true;
      const { seen, handler } = recorder(({ id }) => (away && id === "c0" ? unavailable() : undefined));
      await using reader = await startReader(bus, calls, memoryDeadLetters(), handler);
      await publish(relay, calls, "c0", 1, 2);
      // Enough keys that every partition has some, the waiting one too.
      for (let i = 1; i <= 30; i++) await publish(relay, calls, `c${i}`, 1);
      await eventually("the other keys", () => seen.length === 30);
      expect(seen.filter((id) => id.startsWith("c0/"))).toEqual([]);
      expect(reader.lag()).toBeGreaterThan(0);
      away = false;
      await eventually("the one that waited", () => seen.length === 32);
      expect(seen.slice(-2)).toEqual(["c0/1", "c0/2"]);
      expect(new Set(seen).size).toBe(32);
      await eventually("everything committed", () => reader.lag() === 0);
    });

    it("commits only an unbroken run: what waited before a restart is handled after it", async () => {
      const calls = await openTopic(bus, "consumer.restart");
      const dead = memoryDeadLetters();
      const first = recorder(({ id, sequence }) => (id === "c0" && sequence === 2 ? unavailable() : undefined));
      const reader = await startReader(bus, calls, dead, first.handler);
      await publish(relay, calls, "c0", 1, 3);
      for (let i = 1; i <= 30; i++) await publish(relay, calls, `c${i}`, 1);
      await eventually("what can be handled", () => first.seen.length === 31);
      await reader[Symbol.asyncDispose]();
      const second = recorder();
      await using _again = await startReader(bus, calls, dead, second.handler);
      await eventually("what waited", () => second.seen.includes("c0/3"));
      expect(second.seen.filter((id) => id.startsWith("c0/"))).toEqual(["c0/2", "c0/3"]);
      expect(new Set([...first.seen, ...second.seen]).size).toBe(33);
    });

    it("has committed everything it handled when it is disposed, so that the next one meets nothing twice", async () => {
      const calls = await openTopic(bus, "consumer.stop");
      const dead = memoryDeadLetters();
      const first = recorder();
      const reader = await startReader(bus, calls, dead, first.handler);
      for (let i = 0; i < 20; i++) await publish(relay, calls, `c${i}`, 1, 5);
      await eventually("some events", () => first.seen.length >= 50);
      await reader[Symbol.asyncDispose]();
      expect(await committed(bus, calls)).toBe(first.seen.length);
      const second = recorder();
      await using _again = await startReader(bus, calls, dead, second.handler);
      await publish(relay, calls, "last", 1);
      await eventually("the last event", () => second.seen.includes("last/1") && first.seen.length + second.seen.length >= 101);
      expect([...first.seen, ...second.seen]).toHaveLength(101);
    });

    it("leaves nothing behind an event that it has handled when it is disposed on a machine with much to do", async () => {
      const calls = await openTopic(bus, "consumer.gap");
      const dead = memoryDeadLetters();
      // Others get a turn between events that take long, and it may be the one who stops it.
      const first = recorder(() => {
        for (const end = performance.now() + 12; performance.now() < end; );
      });
      const reader = await startReader(bus, calls, dead, first.handler);
      for (let i = 0; i < 150; i++) await publish(relay, calls, `c${i}`, 1, 2);
      await eventually("some events", () => first.seen.length >= 30);
      await reader[Symbol.asyncDispose]();
      expect(await committed(bus, calls)).toBe(first.seen.length);
    });

    it("finishes an event that is under way when it is disposed", async () => {
      const calls = await openTopic(bus, "consumer.finish");
      let finish = () => {};
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      let begun = false;
      let done = false;
      const reader = await startReader(bus, calls, memoryDeadLetters(), async () => {
        begun = true;
        await held;
        done = true;
      });
      await publish(relay, calls, "c1", 1);
      await eventually("the handler to begin", () => begun);
      const disposed = reader[Symbol.asyncDispose]();
      finish();
      await disposed;
      expect(done).toBe(true);
      expect(await committed(bus, calls)).toBe(1);
    });

    it("stops loudly when the event that it comes to next is no longer kept", async () => {
      const calls = await openTopic(bus, "consumer.range");
      const dead = memoryDeadLetters();
      const before = await startReader(bus, calls, dead, recorder().handler);
      await publish(relay, calls, "c1", 1);
      await eventually("the first event", async () => (await committed(bus, calls)) === 1);
      await before[Symbol.asyncDispose]();
      await publish(relay, calls, "c1", 2, 4);
      await bus.removeBefore(calls.name, (await filled(bus, calls)).partition, 3);
      const { seen, handler } = recorder();
      await using reader = await startReader(bus, calls, dead, handler);
      await eventually("the refusal", () =>
        reader.check().then(
          () => false,
          () => true,
        ),
      );
      await expect(reader.check()).rejects.toMatchObject({ kind: "unavailable", code: "offset_out_of_range" });
      await expect(reader.check()).rejects.toThrow(/comes to offset 1 of .*consumer\.range.*set the group's offset/);
      expect(bus.logged.map(({ message }) => message)).toContainEqual(expect.stringContaining("comes to offset 1"));
      expect(seen).toEqual([]);
      expect(await committed(bus, calls)).toBe(1);
    });
  });
}
