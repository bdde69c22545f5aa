import type { Clock, Logger } from "@trunkline/runtime";
import type { CallerLookup } from "./clients/caller-lookup.ts";
import type { Pops } from "./realtime/pops.ts";
import type { AgentDirectory } from "./stores/agent-directory.ts";
import type { CallStore } from "./stores/call-store.ts";

export type Context = {
  readonly calls: CallStore;
  readonly agents: AgentDirectory;
  readonly callers: CallerLookup;
  readonly pops: Pops;
  /** Keyed hash by which events name a number. */
  readonly hashNumber: (e164: string) => string;
  readonly wrapUpLimitMs: number;
  readonly now: Clock;
  readonly log: Logger;
};
