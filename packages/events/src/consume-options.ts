import type { ParkedKeys } from "./dead-letters.ts";
import type { Kafka } from "./kafka.ts";
import type { Subscription } from "./subscription.ts";

export type ConsumeOptions = {
  readonly kafka: Kafka;
  /** The consuming service's name; also names its dead letters. */
  readonly group: string;
  readonly subscriptions: readonly Subscription[];
  readonly parked: ParkedKeys;
};
