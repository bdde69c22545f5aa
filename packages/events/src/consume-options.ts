import type { DeadLetters } from "./dead-letters.ts";
import type { Subscription } from "./subscription.ts";
import type { Transport } from "./transport.ts";

export type ConsumeOptions = {
  readonly transport: Pick<Transport, "log" | "join">;
  /** The consuming service's name. */
  readonly group: string;
  readonly subscriptions: readonly Subscription[];
  /** What could not be handled; this group's own. */
  readonly dead: DeadLetters;
};
