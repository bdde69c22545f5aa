import { messageOf } from "@trunkline/proto";
import { type OpenRequestRequest, RequestSchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { checkLinks } from "../flows/check-links.ts";
import { openRequest as open } from "../flows/open-request.ts";

export async function openRequest(
  context: Context,
  { type, priority, subject, description, queueId, customerId, callId }: OpenRequestRequest,
  call: CallContext,
) {
  await checkLinks(context, call, { customerId, callId });
  const at = context.now();
  const request = await open(
    context,
    call,
    queueId,
    { id: createId(call, at), type, priority, subject, description, customerId, callId },
    at,
  );
  return { request: messageOf(RequestSchema, request) };
}
