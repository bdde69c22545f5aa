import { type CallScope, serviceScope } from "@trunkline/runtime";
import type { Platform } from "@trunkline/service";
import { openLease } from "@trunkline/store";
import { createTimers, type Due, noHints, storeSource, type TimerSource } from "@trunkline/timers";
import type { Context } from "./context.ts";
import { type AgentSession, forget, leaveDesk, type Work } from "./domain/agent-session.ts";
import { expire, expireWrapUps } from "./domain/call-due.ts";
import { type Call, isInHandOf, wrapUpDueAt } from "./domain/call-state.ts";
import { forgetRecording, leaveRecording } from "./domain/recording.ts";

/** Work that is younger may be on its way into its call. */
const SETTLED_MS = 5_000;
/** A talk is looked at again after so long; what only rings, sooner. */
const TALK_CHECK_MS = 60_000;
/** An exchange that is away is asked again each hour. */
const LAST_DELETE_MS = 3_600_000;
/** Twice what a signature is good for. */
const WEBHOOKS_KEPT_MS = 600_000;

/** What happens by itself; one instance does it. */
export async function runTimers(context: Context, { backend, instance, now, log, stack }: Platform): Promise<void> {
  const lease = stack.use(await openLease(backend, { service: "telephony", name: "timers", owner: instance, now }));
  const timers = stack.use(createTimers({ lease, hints: noHints, now, log }));
  timers.start(timerSources(context));
  // What this instance writes is done to the moment; what another one has written, with the next scan.
  const following = context.calls.follow(({ tenant, state }) => {
    for (const [source, at] of [["calls", state.nextDueAt] as const, ["wrapUps", wrapUpDueAt(state)] as const])
      if (at !== undefined) timers.arm(source, { tenant, id: state.id, at });
  });
  stack.defer(() => following[Symbol.dispose]());
}

export function timerSources(context: Context): Readonly<Record<string, TimerSource>> {
  const { calls, sessions, takenWebhooks, now } = context;
  return {
    /** Offers that nobody took. */
    calls: storeSource(calls, "nextDueAt", async (due) => {
      await calls.update(scopeOf(due), due.id, (call) => expire(call, now()));
      return undefined;
    }),
    wrapUps: storeSource(calls, "wrapUpDueAt", async (due) => {
      await calls.update(scopeOf(due), due.id, (call) => expireWrapUps(call, now()));
      return undefined;
    }),
    /** Only the call says who has it: an agent who is kept by one that does not know of them is freed. */
    sessions: {
      due: async (until, limit) => {
        const found = await sessions.dueBy("oldestWork", until - SETTLED_MS, limit);
        return found.map(({ tenant, state, at }) => ({ tenant, id: state.id, at: at + SETTLED_MS }));
      },
      fire: (due) => reconcileSession(context, due),
      postpone: ({ tenant, id }, until) => sessions.postpone(tenant, id, until - SETTLED_MS),
    },
    /** Agents whose desktop has been gone for a while. */
    desktops: storeSource(sessions, "deskDueAt", async (due) => {
      await sessions.change(scopeOf(due), due.id, now(), (session) => leaveDesk(session, now()));
      return undefined;
    }),
    /** Recordings whose days are over. */
    recordings: { ...storeSource(calls, "recordingDueAt", (due) => deleteRecording(context, due)), lastRetryMs: LAST_DELETE_MS },
    /** Requests whose signatures are too old to come again. */
    webhooks: {
      due: async (until, limit) => {
        const old = await takenWebhooks.due({ at: { $lte: until - WEBHOOKS_KEPT_MS } }, "at", limit);
        return old.map(({ tenant, id, row }) => ({ tenant, id, at: row.at + WEBHOOKS_KEPT_MS }));
      },
      fire: async ({ tenant, id }) => {
        await takenWebhooks.remove(tenant, id);
        return undefined;
      },
      postpone: async () => undefined,
    },
  };
}

const scopeOf = ({ tenant, id }: Due): CallScope => serviceScope("telephony", tenant, id);

async function reconcileSession({ calls, sessions, now }: Context, due: Due): Promise<number | undefined> {
  const at = now();
  const session = await sessions.find(due.tenant, due.id, at);
  const settled = session.work.filter(({ since }) => since <= at - SETTLED_MS);
  // The work that armed this timer is over; of what came since the next scan tells.
  if (settled.length === 0) return undefined;
  const known = await Promise.all(settled.map(({ callId }) => calls.find(due.tenant, callId)));
  const stale = settled.filter((work, index) => !keeps(known[index], session, work));
  if (stale.length === 0) return at + (session.work.every(({ phase }) => phase === "talking") ? TALK_CHECK_MS : SETTLED_MS);
  const gone = new Set(stale.map(nameOf));
  await sessions.change(scopeOf(due), due.id, at, (current) => forget(current, (work) => gone.has(nameOf(work)), at));
  return undefined;
}

const nameOf = ({ callId, offerId, phase }: Work) => `${callId} ${offerId} ${phase}`;

function keeps(call: Call | undefined, { id }: AgentSession, { offerId, phase, consulted }: Work): boolean {
  if (!call) return false;
  const has = isInHandOf(call, id);
  if (!consulted && (phase === "talking" || phase === "wrap_up")) return has;
  const offer = call.offers.find((one) => one.employeeId === id && one.offerId === offerId);
  // Answered already, though the news of it has not come to the agent's session.
  return offer?.ended === "" || (has && offer?.ended === "answered");
}

async function deleteRecording({ calls, recordings, now }: Context, due: Due): Promise<undefined> {
  const { connectorId } = await calls.get(due.tenant, due.id);
  const deletes = recordings.deletes(connectorId);
  if (deletes) await recordings.remove(connectorId, due.id);
  await calls.update(scopeOf(due), due.id, (call) => (deletes ? forgetRecording : leaveRecording)(call, now()));
}
