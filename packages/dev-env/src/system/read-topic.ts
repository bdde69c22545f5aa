import { type Kafka, type RawMessage, scanTopic } from "@trunkline/events";

/** Everything that stands on a topic now, each partition in its order; `topic` without the system's prefix. */
export async function readTopic(kafka: Kafka, topic: string): Promise<RawMessage[]> {
  const found: RawMessage[] = [];
  await scanTopic(kafka, topic, (message) => void found.push(message));
  return found;
}
