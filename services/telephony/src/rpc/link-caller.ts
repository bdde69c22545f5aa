import type { Principal } from "@trunkline/auth";
import type { LinkCallerRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { identify } from "../domain/call.ts";
import { type Call, hasInHand, isRinging } from "../domain/call-state.ts";
import { toMessage } from "./call-message.ts";
import { checkMine } from "./check-mine.ts";

/** Who has the call, or sees who it may be while their phone rings, says who it is; nobody else does, but for a supervisor. */
export async function linkCaller(
  { calls, customers, connectors, now }: Context,
  { callId, customerId }: LinkCallerRequest,
  call: CallContext,
) {
  const decide = (state: Call) => {
    checkMine(maySay(state, call.principal));
    return identify(state, "sure", customerId, now());
  };
  decide(await calls.get(call.tenant, callId));
  await customers.check(call.tenant, customerId);
  return { call: toMessage(connectors, await calls.update(call, callId, decide), call.principal) };
}

function maySay(call: Call, { id, permissions }: Principal): boolean {
  return permissions.has("call.supervise") || hasInHand(call, id) || call.offers.some((one) => one.employeeId === id && isRinging(one));
}
