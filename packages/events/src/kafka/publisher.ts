import { withDeadline } from "@trunkline/runtime";
import type { Outgoing, Publisher } from "../transport.ts";
import type { KafkaParts } from "./parts.ts";

const DISCONNECT_MS = 3_000;

/**
 * A producer that sends the same batch until the broker answers. One that was given up must not be used again: its numbers may be taken at the
 * broker, and the next batch under the same ones would be refused for ever, or be held for a copy of this one.
 */
export function kafkaPublisher({ client, prefix }: Pick<KafkaParts, "client" | "prefix">): Publisher {
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    allowAutoTopicCreation: false,
  });
  let connected = false;
  const open = async () => {
    await producer.connect();
    connected = true;
  };
  return {
    open,
    send: async (batch) => {
      if (!connected) await open();
      await producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages: groupByTopic(prefix, batch) });
    },
    close: () => withDeadline("disconnecting", DISCONNECT_MS, producer.disconnect()).catch(() => undefined),
  };
}

function groupByTopic(prefix: string, batch: readonly Outgoing[]) {
  const topics = new Map<string, Omit<Outgoing, "topic">[]>();
  for (const { topic, ...message } of batch) {
    const messages = topics.get(topic) ?? [];
    messages.push(message);
    topics.set(topic, messages);
  }
  return [...topics].map(([topic, messages]) => ({ topic: prefix + topic, messages }));
}
