import net from "node:net";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { Kafka as KafkaClient, logLevel } from "kafkajs";
import { createRelay } from "../relay.ts";
import { eventually, publication, publish, readAll } from "../testing.ts";
import { topic } from "../topic.ts";
import { type KafkaBus, openKafkaBus } from "./testing.ts";
import { kafkaTransport } from "./transport.ts";

jest.setTimeout(120_000);

describe("a broker whose answers are lost", () => {
  let bus: KafkaBus;
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
    return { line, transport: kafkaTransport({ client, prefix: bus.prefix, mostPartitions: 1, log: bus.transport.log }) };
  };
  beforeAll(async () => {
    bus = await openKafkaBus("unanswered");
  });
  afterAll(async () => bus[Symbol.asyncDispose]());

  it.each([
    { what: "as many of another document", next: "c2", sequences: [1] },
    { what: "it again, with what came since", next: "c1", sequences: [1, 2] },
  ])("is published: $what, after the relay gave up an event that the broker has written without an answer", async ({ next, sequences }) => {
    const { line, transport } = listening();
    const calls = topic(`relay.unanswered.${next}`, CallEventSchema);
    await transport.ensureTopics([calls]);
    await using relay = await createRelay(transport);
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
});
