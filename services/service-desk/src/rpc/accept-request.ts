import { messageOf } from "@trunkline/proto";
import { type AcceptRequestRequest, RequestSchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { accept } from "../domain/handle-request.ts";
import { actorOf, plain } from "./caller.ts";

export async function acceptRequest({ requests, now }: Context, { requestId }: AcceptRequestRequest, call: CallContext) {
  const actor = actorOf(call);
  const request = await requests.update(plain(call), requestId, (current) => accept(current, { ...actor, at: now(), by: call.actor }));
  return { request: messageOf(RequestSchema, request) };
}
