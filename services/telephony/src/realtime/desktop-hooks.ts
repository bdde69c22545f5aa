import type { Principal, SessionGuard } from "@trunkline/auth";
import type { Frame } from "@trunkline/desktop-client";
import { unless } from "@trunkline/errors";
import { backOff, serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { shown } from "../domain/call-offers.ts";
import { isInHand, stateInHand } from "../domain/call-state.ts";
import type { Boards } from "./boards.ts";
import type { DesktopHooks } from "./desktop-socket.ts";
import type { Mailbox } from "./mailbox.ts";
import { recordingFrame } from "./recording-frame.ts";
import { sessionFrame } from "./session-frame.ts";

const SHOWN_TRIES = 10;

/** What the socket needs of the rest of telephony. */
export function desktopHooks(
  { calls, sessions, pops, now, log }: Context,
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
    async snapshot(tenant, employeeId) {
      const frames: Frame[] = [sessionFrame(await sessions.find(tenant, employeeId, now()), 0)];
      for (const call of await calls.openOf(tenant, employeeId)) {
        const offer = call.offers.findLast((one) => one.employeeId === employeeId);
        const inHand = isInHand(call) && call.employeeId === employeeId;
        if (offer) frames.push(await pops.frameOf({ ...call, tenant, offer, inHand }));
        frames.push({ type: "call", key: `call:${call.id}`, revision: 0, callId: call.id, state: inHand ? stateInHand(call) : call.state });
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
