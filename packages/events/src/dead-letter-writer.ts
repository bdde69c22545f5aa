import { DomainError } from "@trunkline/errors";
import type { ParkedKeys } from "./dead-letters.ts";
import type { Kafka } from "./kafka.ts";
import { type KeyGate, MOST_PARKED } from "./key-gate.ts";
import type { RawMessage } from "./subscription.ts";
import { deadLetterTopic } from "./topic.ts";

export type DeadLetterWriter = {
  write(topic: string, message: RawMessage, partition: number, code: string, attempts: number): Promise<void>;
  close(): Promise<void>;
};

/** Writes the letter, then parks its key, both before the offset may be committed. */
export function createDeadLetterWriter(kafka: Kafka, group: string, parked: ParkedKeys, gate: KeyGate): DeadLetterWriter {
  const producer = kafka.client.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  let connected: Promise<void> | undefined;
  const connect = async () => {
    connected ??= producer.connect();
    await connected.catch((failure: unknown) => {
      connected = undefined;
      throw failure;
    });
  };
  return {
    async write(topic, message, partition, code, attempts) {
      if (!gate.isParked(topic, message.key) && gate.size() >= MOST_PARKED) {
        throw new DomainError("exhausted", "too_many_parked_keys", `${MOST_PARKED} keys are parked: mend the handler, then replay them`);
      }
      await connect();
      const headers = { ...message.headers, dlq_code: code, dlq_attempts: String(attempts) };
      const messages = [{ key: message.key, value: message.value, headers }];
      await producer.send({ topic: kafka.prefix + deadLetterTopic(topic, group), acks: -1, messages });
      await parked.park(topic, message.key, partition, code);
      gate.parked(topic, message.key);
    },
    close: async () => {
      if (connected) await producer.disconnect();
    },
  };
}
