import { viewerOf } from "@trunkline/auth";
import type { GetRequestRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./request-message.ts";

export async function getRequest({ requests }: Context, { requestId }: GetRequestRequest, { tenant, principal }: CallContext) {
  return {
    request: toMessage(await requests.get(tenant, requestId, viewerOf(principal))),
  };
}
