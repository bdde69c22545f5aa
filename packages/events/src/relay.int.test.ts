import net from "node:net";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { Kafka as KafkaClient, logLevel } from "kafkajs";
import { memoryDeadLetters } from "./dead-letters.fake.ts";
import { ensureTopics } from "./kafka.ts";
import { createRelay } from "./relay.ts";
import { type Bus, entry, eventually, openBus, openTopic, publication, publish, readAll, startReader } from "./testing.ts";
import { topic } from "./topic.ts";

jest.setTimeout(120_000);

describe("the relay", () => {
  let bus: Bus;
  /** A connection to one partition each on which, for a time, what is asked arrives and no answer comes back. */
  const listening = () => {
    const line = { deaf: false };
    const client = new KafkaClient({
      brokers: [process.env["KAFKA_BROKERS"] ?? ""],
      logLevel: logLevel.NOTHING,
      socketFactory: ({ host, port, onConnect }) => {
        const socket = net.connect({ host, port }, onConnect);
        const emit = socket.emit.bind(socket);
        socket.emit = (name: string, ...rest: unknown[]) => {
          if (!line.deaf || name !== "data") return emit(name, ...rest);
          socket.destroy(new Error("the line broke"));
          return true;
        };
        return socket;
      },
    });
    return { line, kafka: { ...bus.kafka, client, mostPartitions: 1 } };
  };
  beforeAll(async () => {
    bus = openBus("relay", process.env["KAFKA_BROKERS"]);
  });
  afterAll(async () => bus[Symbol.asyncDispose]());

  it("brings the events of many aggregates to a consumer, those of each in their order and once", async () => {
    const calls = await openTopic(bus, "relay.order");
    const seen = new Map<string, number[]>();
    await using relay = await createRelay(bus.kafka);
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
    await using relay = await createRelay(bus.kafka);
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
    await using relay = await createRelay(bus.kafka);
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
    await using relay = await createRelay(bus.kafka);
    const entries = Array.from({ length: 60 }, (_, i) => entry(calls, "c1", i + 1, "q".repeat(100_000)));
    relay.offer({ ...publication(calls, "c1", []), entries });
    await eventually("everything acknowledged", () => relay.size() === 0);
    expect((await readAll(bus, calls)).map(({ headers }) => Number(headers["sequence"]))).toEqual(entries.map(({ n }) => n));
  });

  it.each([
    { what: "as many of another document", next: "c2", sequences: [1] },
    { what: "it again, with what came since", next: "c1", sequences: [1, 2] },
  ])("publishes $what after it gave up an event that the broker has written without an answer", async ({ next, sequences }) => {
    const { line, kafka } = listening();
    const calls = topic(`relay.unanswered.${next}`, CallEventSchema);
    await ensureTopics(kafka, [calls]);
    await using relay = await createRelay(kafka);
    await publish(relay, calls, "c0", 1);
    line.deaf = true;
    relay.offer(publication(calls, "c1", [1]));
    await eventually("the relay to give up", () => relay.size() === 0, 60_000);
    line.deaf = false;
    // The sweeper offers what is not out.
    let out = 0;
    const offered = publication(calls, next, sequences, (last) => {
      out = last;
    });
    const isOut = () => {
      if (relay.size() === 0 && out === 0) relay.offer(offered);
      return out === sequences.length;
    };
    await eventually("all is out", isOut, 60_000);
    const written = (await readAll(bus, calls)).map(({ headers }) => String(headers["ce_id"]));
    expect([...new Set(written)]).toEqual(["t1/c0/1", "t1/c1/1", ...(next === "c2" ? ["t1/c2/1"] : ["t1/c1/2"])]);
  });

  it("has sent everything when it is disposed, and takes nothing from then on", async () => {
    const calls = await openTopic(bus, "relay.drain");
    const relay = await createRelay(bus.kafka);
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
