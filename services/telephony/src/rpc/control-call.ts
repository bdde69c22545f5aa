import { DomainError } from "@trunkline/errors";
import type { CallControlService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { endOffer, openOffer } from "../domain/call-offers.ts";
import { pauseRecording, resumeRecording } from "../domain/recording.ts";
import { checkMine } from "./check-mine.ts";

const IN_HAND = new Set(["talking", "held", "dialling"]);

/** What the exchange then reports changes the call; only what it does not report is written down here. */
export function controlCall({ calls, orderLine, now }: Context): Handlers<typeof CallControlService>["controlCall"] {
  return async ({ callId, action }, scope) => {
    if (!action) throw new DomainError("invalid", "field_invalid", "action: say what to do with the call", { field: "action" });
    const { id: employeeId } = scope.principal;
    const call = await calls.get(scope.tenant, callId);
    const { action: what } = action;
    if (what.case === "decline") {
      const { offerId } = what.value;
      checkMine(openOffer(call, offerId)?.employeeId === employeeId);
      // The call first: it goes to somebody else even if the phone rings on.
      await calls.update(scope, callId, (state) => endOffer(state, { offerId }, "rejected", now()));
      await orderLine(call.connectorId, call, { case: "action", value: action });
      return {};
    }
    checkMine(call.employeeId === employeeId && IN_HAND.has(call.state));
    const written = RECORDING[what.case as keyof typeof RECORDING];
    written?.(call, employeeId, now());
    await orderLine(call.connectorId, call, { case: "action", value: action });
    if (written) await calls.update(scope, callId, (state) => written(state, employeeId, now()));
    return {};
  };
}

/** Decided before the exchange is asked, so that what makes no sense is refused. */
const RECORDING = { pauseRecording, resumeRecording };
