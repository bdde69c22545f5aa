import type { Principal } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { identify } from "../domain/call.ts";
import { type Call, isInHand, isRinging } from "../domain/call-state.ts";
import { toMessage } from "./call-message.ts";

/** Who has the call, or sees who it may be while their phone rings, says who it is; nobody else does, but for a supervisor. */
export function linkCaller({ calls, customers, connectors, now }: Context): Handlers<typeof CallService>["linkCaller"] {
  return async ({ callId, customerId }, call) => {
    const decide = (state: Call) => {
      checkInHand(state, call.principal);
      return identify(state, "sure", customerId, now());
    };
    decide(await calls.get(call.tenant, callId));
    await customers.check(call.tenant, customerId);
    return { call: toMessage(connectors, await calls.update(call, callId, decide), call.principal) };
  };
}

/** @throws DomainError rule_violated call_not_in_hand */
function checkInHand(call: Call, { id, permissions }: Principal): void {
  if (permissions.has("call.supervise")) return;
  if (call.employeeId === id && (isInHand(call) || call.state === "dialling")) return;
  if (call.offers.some((one) => one.employeeId === id && isRinging(one))) return;
  throw new DomainError("rule_violated", "call_not_in_hand", "only the agent who has the call can do this, while it lasts");
}
