import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ReserveRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { reserveContact } from "../flows/reserve-contact.ts";
import { fromChannel, fromPurpose } from "../stores/contact-codes.ts";

export async function reserve(context: Context, { contactId, customerId, channel, purpose, timeZone }: ReserveRequest, call: CallContext) {
  const answer = await reserveContact(context, call, customerId, {
    contactId,
    channel: fromChannel(channel),
    purpose: fromPurpose(purpose),
    timeZone,
  });
  if (answer.allowed) return { allowed: true, refusedBy: "" };
  return {
    allowed: false,
    refusedBy: answer.refusedBy,
    ...(answer.retryAt === undefined ? {} : { retryAt: timestampFromMs(answer.retryAt) }),
  };
}
