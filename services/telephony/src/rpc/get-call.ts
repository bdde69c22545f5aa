import type { GetCallRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./call-message.ts";

export async function getCall({ calls, connectors }: Context, { callId }: GetCallRequest, { tenant, principal }: CallContext) {
  return { call: toMessage(connectors, await calls.get(tenant, callId), principal) };
}
