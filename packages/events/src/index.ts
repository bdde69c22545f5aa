export type { ConsumeOptions } from "./consume-options.ts";
export { type Consumer, consume } from "./consumer.ts";
export { memoryDeadLetters } from "./dead-letters.fake.ts";
export {
  type DeadLetters,
  dropLetters,
  KEYS_A_PAGE,
  type KeyOf,
  LETTERS_A_PAGE,
  type Letter,
  type ParkedKey,
  type StoredLetter,
} from "./dead-letters.ts";
export { type EventLogOptions, openEventLog, readEventLog } from "./embedded/event-log.ts";
export { unreadIn } from "./embedded/unread.ts";
export { createRelay, type Publication, RELAY_HOLDS_MS, type Relay } from "./relay.ts";
export { on, type RawMessage, type Received, type Subscription, sequenceOf } from "./subscription.ts";
export { type OutboxEntry, outboxEntry, type Topic, topic } from "./topic.ts";
export type { Outgoing, Publisher, Transport } from "./transport.ts";
