import { viewerOf } from "@trunkline/auth";
import { messageOf } from "@trunkline/proto";
import { type GetRequestRequest, RequestSchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function getRequest({ requests }: Context, { requestId }: GetRequestRequest, { tenant, principal }: CallContext) {
  return {
    request: messageOf(RequestSchema, await requests.get(tenant, requestId, viewerOf(principal))),
  };
}
