import type { RequestService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { accept } from "../domain/handle-request.ts";
import { employeeOf, plain } from "./caller.ts";
import { toMessage } from "./request-message.ts";

export function acceptRequest({ requests, now }: Context): Handlers<typeof RequestService>["acceptRequest"] {
  return async ({ requestId }, call) => {
    const employeeId = employeeOf(call);
    const request = await requests.update(plain(call), requestId, (current) => accept(current, { employeeId, at: now(), by: call.actor }));
    return { request: toMessage(request) };
  };
}
