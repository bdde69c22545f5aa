import { repeat, serviceScope } from "@trunkline/runtime";
import type { Context } from "./context.ts";
import { type AgentSession, forget, type Work } from "./domain/agent-session.ts";
import { expire } from "./domain/call-due.ts";
import { type Call, isInHand } from "./domain/call-state.ts";
import { deleteLater, forgetRecording } from "./domain/recording.ts";

const EVERY_MS = 1_000;
/** What may be late. */
const UPKEEP_MS = 60_000;
const BATCH = 200;
const MOST_BATCHES = 100;
/** Work that is younger may be on its way into its call. */
const SETTLED_MS = 5_000;
/** Twice what a signature is good for. */
const WEBHOOKS_KEPT_MS = 600_000;

/** What happens by itself. Several instances may do so: the updates decide again and find nothing left. */
export function runTimers(context: Context): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  for (const [works, everyMs] of [
    [PRESSING, EVERY_MS],
    [UPKEEP, UPKEEP_MS],
  ] as const)
    for (const work of works)
      stack.use(repeat({ what: "timed work", everyMs, work: () => work(context), log: context.log, restFirst: true }));
  return stack;
}

/** Wrap-ups at their limit, offers that nobody took. */
async function expireCalls({ calls, now }: Context): Promise<void> {
  for (const { tenant, state } of await calls.due({ nextDueAt: { $lte: now() } }, "nextDueAt", BATCH)) {
    await calls.update(serviceScope("telephony", tenant, state.id), state.id, (call) => expire(call, now()));
  }
}

/** Only the call says who has it: an agent who is kept by one that does not know of them is freed. */
async function reconcileSessions({ calls, sessions, now }: Context): Promise<void> {
  const before = now() - SETTLED_MS;
  for (const { tenant, state: session } of await sessions.busySince(before, BATCH)) {
    const stale: Work[] = [];
    for (const work of session.work.filter(({ since }) => since <= before)) {
      if (!keeps(await calls.find(tenant, work.callId), session, work)) stale.push(work);
    }
    if (stale.length === 0) continue;
    const gone = new Set(stale.map(({ callId, offerId, phase }) => `${callId} ${offerId} ${phase}`));
    const at = now();
    await sessions.change(serviceScope("telephony", tenant, session.id), session.id, at, (current) =>
      forget(current, ({ callId, offerId, phase }) => gone.has(`${callId} ${offerId} ${phase}`), at),
    );
  }
}

function keeps(call: Call | undefined, { id }: AgentSession, { offerId, phase }: Work): boolean {
  if (!call) return false;
  const has = call.employeeId === id && isInHand(call);
  if (phase === "talking" || phase === "wrap_up") return has;
  const offer = call.offers.find((one) => one.employeeId === id && one.offerId === offerId);
  // Answered already, though the news of it has not come to the agent's session.
  return offer?.ended === "" || (has && offer?.ended === "answered");
}

/** Recordings whose days are over; an exchange that is away is asked again. */
async function deleteRecordings({ calls, recordings, now, log }: Context): Promise<void> {
  for (const { tenant, state } of await calls.due({ recordingDueAt: { $lte: now() } }, "recordingDueAt", BATCH)) {
    const scope = serviceScope("telephony", tenant, state.id);
    const decide = await recordings.remove(state.connectorId, state.id).then(
      () => forgetRecording,
      (error: unknown) => {
        log.warn({ err: error, callId: state.id }, "a recording could not be deleted; it is tried again");
        return deleteLater;
      },
    );
    await calls.update(scope, state.id, (call) => decide(call, now()));
  }
}

/** Requests whose signatures are too old to come again. */
async function forgetWebhooks({ takenWebhooks, now }: Context): Promise<void> {
  for (let batch = 1; batch <= MOST_BATCHES; batch++) {
    const old = await takenWebhooks.due({ at: { $lte: now() - WEBHOOKS_KEPT_MS } }, "at", BATCH);
    await Promise.all(old.map(({ tenant, id }) => takenWebhooks.remove(tenant, id)));
    if (old.length < BATCH) return;
  }
}

const PRESSING: readonly ((context: Context) => Promise<void>)[] = [expireCalls, reconcileSessions];
const UPKEEP: readonly ((context: Context) => Promise<void>)[] = [deleteRecordings, forgetWebhooks];
/** Each looks for what is due and does it. */
export const timedWork = [...PRESSING, ...UPKEEP];
