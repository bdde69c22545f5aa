import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./call-message.ts";

export function getCall({ calls, connectors }: Context): Handlers<typeof CallService>["getCall"] {
  return async ({ callId }, { tenant, principal }) => ({ call: toMessage(connectors, await calls.get(tenant, callId), principal) });
}
