import type { DeadLetters } from "./dead-letters.ts";
import type { Kafka } from "./kafka.ts";
import type { Subscription } from "./subscription.ts";

export type ConsumeOptions = {
  readonly kafka: Kafka;
  /** The consuming service's name. */
  readonly group: string;
  readonly subscriptions: readonly Subscription[];
  /** What could not be handled; this group's own. */
  readonly dead: DeadLetters;
};
