import type { Principal, SessionGuard } from "@trunkline/auth";
import type { Frame } from "@trunkline/desktop-client";
import { unless } from "@trunkline/errors";
import { backOff, type Clock, type Logger, serviceScope } from "@trunkline/runtime";
import { deskLeft, deskSeen, signOut } from "../domain/agent-session.ts";
import { shown } from "../domain/call-offers.ts";
import { isInHandOf, isRinging, ringState, stateFor } from "../domain/call-state.ts";
import type { Stores } from "../stores/open-stores.ts";
import type { Boards } from "./boards.ts";
import { callFrame } from "./call-frame.ts";
import { type DesktopHooks, splitAgent } from "./desktop-socket.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Pops } from "./pops.ts";
import { recordingFrame } from "./recording-frame.ts";
import { sessionFrame } from "./session-frame.ts";

type Parts = Pick<Stores, "calls" | "sessions"> & { readonly pops: Pops; readonly now: Clock; readonly log: Logger };

const SHOWN_TRIES = 10;

/** Who has logged out, or may not log in any more, is rung no more. */
export function followSignOuts(
  { sessions, now, log }: Pick<Parts, "sessions" | "now" | "log">,
  guard: Pick<SessionGuard, "follow">,
): Disposable {
  return guard.follow((tenant, employeeId, { sessionsEndedAt }) => {
    if (sessionsEndedAt === 0) return;
    const at = now();
    sessions
      .change(serviceScope("telephony", tenant, employeeId), employeeId, at, (session) => signOut(session, sessionsEndedAt, at))
      .catch((error: unknown) => log.warn({ err: error, employeeId }, "who has logged out could not be taken off line; it is tried again"));
  });
}

/** What the socket needs of the rest of telephony. */
export function desktopHooks(
  { calls, sessions, pops, now, log }: Parts,
  mailbox: Mailbox,
  boards: Boards,
  verify: (token: string) => Promise<Principal>,
  guard: Pick<SessionGuard, "check">,
): DesktopHooks {
  return {
    mailbox,
    verify,
    now,
    log,
    watchBoard: boards.watch,
    checkSession: guard.check,
    noteDesk(agent, open) {
      const [tenant, employeeId] = splitAgent(agent);
      const at = now();
      const note = open ? deskSeen : deskLeft;
      sessions
        .change(serviceScope("telephony", tenant, employeeId), employeeId, at, (session) => note(session, at))
        .catch((error: unknown) => log.warn({ err: error, employeeId }, "whether an agent has a desktop could not be noted"));
    },
    async snapshot(tenant, employeeId) {
      const frames: Frame[] = [sessionFrame(await sessions.find(tenant, employeeId, now()), 0)];
      for (const call of await calls.openOf(tenant, employeeId)) {
        const offer = call.offers.findLast((one) => one.employeeId === employeeId);
        const inHand = isInHandOf(call, employeeId);
        if (offer) frames.push(await pops.frameOf({ ...call, queue: offer.queue ?? call.queue, tenant, offer, inHand }));
        // Comes back to who still wraps it up.
        frames.push(callFrame(call, employeeId, 0, offer && isRinging(offer) ? ringState(offer) : stateFor(call, employeeId)));
        const recording = recordingFrame(call.id, call.recording?.state ?? "", 0);
        if (recording) frames.push(recording);
      }
      return frames;
    },
    async shown(tenant, employeeId, callId, offerId) {
      const scope = { ...serviceScope("telephony", tenant, callId), actor: `employee/${employeeId}` };
      const at = now();
      // The pop goes out before the ring is stored, so its acknowledgement may come first.
      for (let attempt = 1; attempt <= SHOWN_TRIES; attempt++) {
        const call = await calls.update(scope, callId, (state) => shown(state, offerId, employeeId, at)).catch(unless("call_not_found"));
        if (call?.offers.some((one) => one.offerId === offerId)) return;
        await backOff(attempt, 20, 1_000);
      }
    },
  };
}
