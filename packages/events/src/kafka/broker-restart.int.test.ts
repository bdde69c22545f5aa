import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
// Not a dependency of this package: dev-env itself stands on it.
import { type Engines, startEngines } from "@trunkline/dev-env/engines";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay } from "../relay.ts";
import { eventually, openTopic, publication, readAll, startReader } from "../testing.ts";
import { openKafkaBus } from "./testing.ts";

jest.setTimeout(120_000);

describe("a broker that dies and comes back", () => {
  let folder = "";
  let engines: Engines;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "trunkline-test-"));
    const { KAFKA_BROKERS: _, ...env } = process.env;
    // A broker of its own, as a process: the others' tests need theirs alive.
    engines = await startEngines({ env: { ...env, DOCKER_HOST: "unix:///nonexistent/docker.sock" }, dataDir: folder, only: ["kafka"] });
  });
  afterAll(async () => {
    await engines[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it("costs no event and no order: what the relay gave up meanwhile is still in its documents, and the consumer goes on by itself", async () => {
    const bus = await openKafkaBus("restart", engines.kafkaBrokers);
    const calls = await openTopic(bus, "restart.call");
    const firsts = new Map<string, number[]>();
    await using relay = await createRelay(bus.transport);
    await using reader = await startReader(bus, calls, memoryDeadLetters(), async ({ id, sequence }) => {
      const seen = firsts.get(id) ?? [];
      if (!seen.includes(sequence)) firsts.set(id, [...seen, sequence]);
    });
    const ids = Array.from({ length: 12 }, (_, i) => `c${i}`);
    const handled = () => [...firsts.values()].flat().length;
    /** Up to which sequence each document's events are out, and up to which it has some. */
    const out = new Map<string, number>();
    let last = 0;
    /** As a write, or the sweeper, offers: all that the document still has. */
    const offerPending = () => {
      for (const id of ids) {
        const after = out.get(id) ?? 0;
        const pending = Array.from({ length: last - after }, (_, i) => after + 1 + i);
        if (pending.length > 0) relay.offer(publication(calls, id, pending, (n) => out.set(id, n)));
      }
    };
    const offer = (from: number, to: number) => {
      for (let n = from; n <= to; n++) {
        last = n;
        offerPending();
      }
    };
    offer(1, 5);
    await eventually("events before", () => handled() === 60);
    offer(6, 10);
    await engines.kill("kafka");
    offer(11, 15);
    await eventually("a failed try", () => bus.logged.some(({ message }) => message.startsWith("publishing failed")), 60_000);
    await engines.restart("kafka");
    offer(16, 20);
    const after = () => {
      offerPending();
      return handled() === 240;
    };
    await eventually("events after", after, 60_000);
    const all = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(Object.fromEntries(firsts)).toEqual(Object.fromEntries(ids.map((id) => [id, all])));
    await eventually("everything committed", () => reader.lag() === 0, 30_000);
    const copies = await readAll(bus, calls);
    const inOrder = ids.map((id) => copies.filter(({ key }) => key === `t1/${id}`).map(({ headers }) => Number(headers["sequence"])));
    for (const sequences of inOrder) expect([...new Set(sequences)]).toEqual(all);
  });

  it("does not keep a service from stopping in time, with events that are still to be published", async () => {
    const bus = await openKafkaBus("stop", engines.kafkaBrokers);
    const calls = await openTopic(bus, "stop.call");
    const relay = await createRelay(bus.transport);
    let met = 0;
    const reader = await startReader(bus, calls, memoryDeadLetters(), async () => {
      met += 1;
    });
    relay.offer(publication(calls, "c1", [1]));
    await eventually("the consumer to read", () => met === 1);
    await engines.kill("kafka");
    relay.offer(publication(calls, "c1", [2]));
    const begun = performance.now();
    await reader[Symbol.asyncDispose]();
    const half = performance.now();
    await relay[Symbol.asyncDispose]();
    expect(half - begun).toBeLessThan(60_000);
    expect(performance.now() - half).toBeLessThan(60_000);
    expect(relay.size()).toBe(0);
    await engines.restart("kafka");
  });
});
