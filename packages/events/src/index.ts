export type { ConsumeOptions } from "./consume-options.ts";
export { type Consumer, consume } from "./consumer.ts";
export type { ParkedKey, ParkedKeys } from "./dead-letters.ts";
export { connectKafka, ensureTopics, type Kafka, type KafkaSecurity } from "./kafka.ts";
export { memoryParkedKeys } from "./parked-keys.fake.ts";
export { createRelay, type Publication, RELAY_HOLDS_MS, type Relay } from "./relay.ts";
export { scanTopic } from "./scan-topic.ts";
export { on, type RawMessage, type Received, type Subscription } from "./subscription.ts";
export { deadLetterTopic, type OutboxEntry, outboxEntry, type Topic, topic } from "./topic.ts";
