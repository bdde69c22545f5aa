import { messageOf } from "@trunkline/proto";
import { type AssignRequestRequest, RequestSchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { assign } from "../domain/handle-request.ts";
import { checkOwners } from "../flows/check-owners.ts";
import { actorOf, plain } from "./caller.ts";

export async function assignRequest(
  { requests, employees, now }: Context,
  { requestId, ownerId }: AssignRequestRequest,
  call: CallContext,
) {
  await checkOwners(employees, call.tenant, [ownerId]);
  const actor = call.principal.kind === "employee" ? actorOf(call) : {};
  const request = await requests.update(plain(call), requestId, (current) =>
    assign(current, { ...actor, ownerId, at: now(), by: call.actor }),
  );
  return { request: messageOf(RequestSchema, request) };
}
