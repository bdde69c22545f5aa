import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ContactPolicyService } from "@trunkline/proto/marketing";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { reserveContact } from "../flows/reserve-contact.ts";
import { fromChannel, fromPurpose } from "../stores/contact-codes.ts";

export function reserve(context: Context): Handlers<typeof ContactPolicyService>["reserve"] {
  return async ({ contactId, customerId, channel, purpose, timeZone }, call) => {
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
  };
}
