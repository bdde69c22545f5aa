import type { Clock, Logger } from "@trunkline/runtime";
import type { CustomerDirectory } from "./clients/customer-directory.ts";
import type { SendChannel } from "./domain/contact.ts";
import type { ContactPolicy } from "./domain/contact-policy.ts";
import type { SendPolicy } from "./domain/message.ts";
import type { Links } from "./signed-links.ts";
import type { Stores } from "./stores/open-stores.ts";
import type { Receipts } from "./stores/receipts.ts";

export type Context = Stores & {
  readonly customers: CustomerDirectory;
  readonly policyOf: (tenant: string) => ContactPolicy;
  readonly sendPolicy: SendPolicy;
  /** From queueing to expiry, milliseconds. */
  readonly validityMs: number;
  readonly links: Links;
  readonly receipts: Receipts;
  /** Keyed hash of an address. */
  readonly hashAddress: (address: string) => string;
  /** Has the sender of this channel look at once. */
  readonly nudgeSender: (channel: SendChannel) => void;
  /** Those that have a way out. */
  readonly channels: ReadonlySet<SendChannel>;
  readonly now: Clock;
  readonly log: Logger;
};
