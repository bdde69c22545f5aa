import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./call-message.ts";

export function listCalls({ calls, connectors }: Context): Handlers<typeof CallService>["listCalls"] {
  return async ({ pageSize, pageToken }, { tenant, principal }) => {
    const page = await calls.page(tenant, {}, { by: "queuedAt", direction: -1, size: pageSize, token: pageToken });
    return { calls: page.items.map((call) => toMessage(connectors, call, principal)), nextPageToken: page.nextToken };
  };
}
