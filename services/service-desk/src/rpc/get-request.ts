import { viewerOf } from "@trunkline/auth";
import type { RequestService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./request-message.ts";

export function getRequest({ requests }: Context): Handlers<typeof RequestService>["getRequest"] {
  return async ({ requestId }, { tenant, principal }) => ({
    request: toMessage(await requests.get(tenant, requestId, viewerOf(principal))),
  });
}
