import type { Clock, Logger } from "@trunkline/runtime";
import type { CallerLookup } from "./clients/caller-lookup.ts";
import type { ConnectorConfig } from "./config.ts";
import type { CallOnLine, Line, LineOrder } from "./flows/line.ts";
import type { Pops } from "./realtime/pops.ts";
import type { AgentDirectory } from "./stores/agent-directory.ts";
import type { AgentSessionStore } from "./stores/agent-session-store.ts";
import type { CallQueueStore } from "./stores/call-queue-store.ts";
import type { CallStore } from "./stores/call-store.ts";
import type { DialCounter } from "./stores/dial-counter.ts";
import type { OfferReasons } from "./stores/offer-reasons.ts";

export type Context = {
  readonly calls: CallStore;
  readonly sessions: AgentSessionStore;
  readonly queues: CallQueueStore;
  readonly agents: AgentDirectory;
  readonly reasons: OfferReasons;
  /** The connections on which we choose the agents and that this instance owns, by connector. */
  readonly lines: Map<string, Line>;
  /** Has something done with a call where its connection lives. */
  readonly orderLine: (connectorId: string, call: CallOnLine, order: LineOrder) => Promise<void>;
  readonly connectors: readonly ConnectorConfig[];
  readonly dialled: DialCounter;
  readonly callers: CallerLookup;
  readonly pops: Pops;
  /** Keyed hash by which events name a number. */
  readonly hashNumber: (e164: string) => string;
  readonly now: Clock;
  readonly log: Logger;
};
