import { viewerOf } from "@trunkline/auth";
import type { RequestService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./request-message.ts";

export function listRequests({ requests }: Context): Handlers<typeof RequestService>["listRequests"] {
  return async ({ pageSize, pageToken, state, queueId, customerId }, { tenant, principal }) => {
    const page = await requests.list(tenant, { state, queueId, customerId }, pageSize, pageToken, viewerOf(principal));
    return { requests: page.items.map(toMessage), nextPageToken: page.nextToken };
  };
}
