export { type ConsumeOptions, type Consumer, consume } from "./consumer.ts";
export { deadLetterTopic, type ParkedKey, type ParkedKeys } from "./dead-letters.ts";
export { connectKafka, ensureTopics, type Kafka } from "./kafka.ts";
export { memoryParkedKeys } from "./parked-keys.fake.ts";
export { createRelay, type Publication, type Relay } from "./relay.ts";
export { on, type Received, type Subscription } from "./subscription.ts";
export { type OutboxEntry, outboxEntry, type Topic, topic } from "./topic.ts";
