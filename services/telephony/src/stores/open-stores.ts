import { openCalendarCopy } from "@trunkline/reference-copy";
import type { Clock, Logger } from "@trunkline/runtime";
import type { StoreBackend } from "@trunkline/store";
import { openAgentDirectory } from "./agent-directory.ts";
import { openAgentSessionStore } from "./agent-session-store.ts";
import { openCallQueueStore } from "./call-queue-store.ts";
import { openCallStore } from "./call-store.ts";
import { openDialCounter } from "./dial-counter.ts";
import { openReadyAgents } from "./ready-agents.ts";
import { openTakenWebhooks } from "./taken-webhooks.ts";

type Parts = { readonly backend: StoreBackend; readonly now: Clock; readonly log: Logger; readonly wrapUpLimitMs: number };

/** A calendar that was saved a moment ago comes over its topic. */
const CALENDAR_MS = 3_000;

/** Everything that telephony keeps; the stack closes what keeps itself up to date in memory. */
export async function openStores(parts: Parts, stack: AsyncDisposableStack) {
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

/** Everything that this service keeps. */
export type Stores = Readonly<Awaited<ReturnType<typeof openStores>>>;
