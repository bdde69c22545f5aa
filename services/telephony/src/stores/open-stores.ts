import { type CalendarCopy, openCalendarCopy } from "@trunkline/reference-copy";
import type { Clock, Logger } from "@trunkline/runtime";
import type { StoreBackend } from "@trunkline/store";
import { type AgentDirectory, openAgentDirectory } from "./agent-directory.ts";
import { type AgentSessionStore, openAgentSessionStore } from "./agent-session-store.ts";
import { type CallQueueStore, openCallQueueStore } from "./call-queue-store.ts";
import { type CallStore, openCallStore } from "./call-store.ts";
import { type DialCounter, openDialCounter } from "./dial-counter.ts";
import { openReadyAgents, type ReadyAgents } from "./ready-agents.ts";
import { openTakenWebhooks, type TakenWebhooks } from "./taken-webhooks.ts";

export type Stores = {
  readonly calls: CallStore;
  readonly sessions: AgentSessionStore;
  readonly queues: CallQueueStore;
  readonly agents: AgentDirectory;
  readonly ready: ReadyAgents;
  readonly dialled: DialCounter;
  readonly calendars: CalendarCopy;
  readonly takenWebhooks: TakenWebhooks;
};

type Parts = { readonly backend: StoreBackend; readonly now: Clock; readonly log: Logger; readonly wrapUpLimitMs: number };

/** A calendar that was saved a moment ago comes over its topic. */
const CALENDAR_MS = 3_000;

/** Everything that telephony keeps; the stack closes what keeps itself up to date in memory. */
export async function openStores(parts: Parts, stack: AsyncDisposableStack): Promise<Stores> {
  const { backend, now, log } = parts;
  const sessions = await openAgentSessionStore(backend);
  const agents = stack.use(await openAgentDirectory(parts));
  return {
    calls: await openCallStore(backend),
    sessions,
    queues: stack.use(await openCallQueueStore(parts)),
    agents,
    ready: stack.use(openReadyAgents({ sessions, agents, now, log })),
    dialled: await openDialCounter(backend),
    calendars: await openCalendarCopy(backend, CALENDAR_MS),
    takenWebhooks: await openTakenWebhooks(backend),
  };
}
