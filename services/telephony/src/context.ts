import type { Clock, Logger } from "@trunkline/runtime";
import type { CallerLookup } from "./clients/caller-lookup.ts";
import type { Distributor } from "./flows/distributor.ts";
import type { Pops } from "./realtime/pops.ts";
import type { AgentDirectory } from "./stores/agent-directory.ts";
import type { AgentSessionStore } from "./stores/agent-session-store.ts";
import type { CallQueueStore } from "./stores/call-queue-store.ts";
import type { CallStore } from "./stores/call-store.ts";
import type { OfferReasons } from "./stores/offer-reasons.ts";

export type Context = {
  readonly calls: CallStore;
  readonly sessions: AgentSessionStore;
  readonly queues: CallQueueStore;
  readonly agents: AgentDirectory;
  readonly reasons: OfferReasons;
  /** Of the connections that this instance owns, by tenant and connector. */
  readonly distributors: Map<string, Map<string, Pick<Distributor, "nudge">>>;
  readonly callers: CallerLookup;
  readonly pops: Pops;
  /** Keyed hash by which events name a number. */
  readonly hashNumber: (e164: string) => string;
  readonly now: Clock;
  readonly log: Logger;
};
