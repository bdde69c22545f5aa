import type { Clock, Logger } from "@trunkline/runtime";
import type { CallerLookup } from "./clients/caller-lookup.ts";
import type { ContactGate } from "./clients/contact-gate.ts";
import type { CustomerDirectory } from "./clients/customer-directory.ts";
import type { CallOnLine, Line, LineOrder } from "./clients/line-order.ts";
import type { ConnectorConfig } from "./config.ts";
import type { Recordings } from "./connectors/ari/recordings.ts";
import type { SignedRequest } from "./connectors/webhook/signature.ts";
import type { Pops } from "./realtime/pops.ts";
import type { Stores } from "./stores/open-stores.ts";

export type Context = Stores & {
  readonly connectors: readonly ConnectorConfig[];
  /** The connections that this instance owns, by connector. */
  readonly lines: Map<string, Line>;
  /** Has something done with a call where its connection lives. */
  readonly orderLine: (connectorId: string, call: CallOnLine, order: LineOrder) => Promise<void>;
  /** Has what an exchange posted taken by the instance that owns the connection. */
  readonly takeWebhook: (connectorId: string, request: SignedRequest) => Promise<{ readonly connect?: boolean }>;
  readonly recordings: Recordings;
  readonly callers: CallerLookup;
  readonly customers: CustomerDirectory;
  readonly mayCall: ContactGate;
  readonly pops: Pops;
  /** Keyed hash by which events name a number. */
  readonly hashNumber: (e164: string) => string;
  readonly now: Clock;
  readonly log: Logger;
};
