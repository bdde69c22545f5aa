import { messageOf } from "@trunkline/proto";
import { RequestSchema, type ResolveRequestRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { resolve } from "../domain/handle-request.ts";
import { actorOf, plain } from "./caller.ts";

export async function resolveRequest({ requests, now }: Context, { requestId, resolution }: ResolveRequestRequest, call: CallContext) {
  const actor = actorOf(call);
  const request = await requests.update(plain(call), requestId, (current) =>
    resolve(current, { ...actor, resolution, at: now(), by: call.actor }),
  );
  return { request: messageOf(RequestSchema, request) };
}
