import { DomainError } from "@trunkline/errors";
import type { ListenInRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { isTalking } from "../domain/call-state.ts";
import { ownExtension } from "./own-phone.ts";

export async function listenIn({ calls, agents, orderLine }: Context, { callId }: ListenInRequest, { tenant, principal }: CallContext) {
  const extension = ownExtension(agents, tenant, principal.id);
  const call = await calls.get(tenant, callId);
  if (!isTalking(call) || call.employeeId === principal.id)
    throw new DomainError("rule_violated", "nothing_to_listen_to", "listen to a call in which another agent talks");
  await orderLine(call.connectorId, call, { case: "listen", value: { extension } });
  return {};
}
