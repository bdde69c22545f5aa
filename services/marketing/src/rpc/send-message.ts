import { messageOf } from "@trunkline/proto";
import { MessageSchema, type SendMessageRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { addressFor } from "../domain/address.ts";
import { queueMessage } from "../domain/message.ts";
import { checkChannel, checkPurpose, checkVariables } from "../domain/template.ts";
import { reserveContact } from "../flows/reserve-contact.ts";
import { fromNamedPurpose, fromSendChannel } from "../stores/contact-codes.ts";

/** Answers with the message queued, or suppressed with the rule that refused; it goes out a moment later. */
export async function sendMessage(
  context: Context,
  { customerId, channel: code, purpose: named, templateId, variables }: SendMessageRequest,
  call: CallContext,
) {
  const { messages, templates, customers, hashAddress, nudgeSender, validityMs, now } = context;
  const [channel, id] = [fromSendChannel(code), createId(call, now())];
  const earlier = await messages.find(call.tenant, id);
  // The store compares the bodies: the same gives the first one's message, another one is refused.
  if (earlier) return { message: messageOf(MessageSchema, await messages.create(call, id, { state: earlier, events: [] })) };
  const { template, compiled } = await templates.latest(call.tenant, templateId);
  const { purpose } = template;
  checkChannel(template, channel);
  checkPurpose(template, fromNamedPurpose(named));
  checkVariables(compiled.needs, Object.keys(variables));
  const { name, phone, email, timeZone } = await customers.customer(call, customerId);
  const { to, reason } = addressFor(channel, { phone, email });
  const recipient = { to, name, timeZone, variables: { ...variables } };
  compiled.render(recipient);
  const answer = to === "" ? undefined : await reserveContact(context, call, customerId, { contactId: id, channel, purpose, timeZone });
  const refused = !answer ? { reason } : answer.allowed ? undefined : { reason: answer.refusedBy, retryAt: answer.retryAt };
  const at = now();
  const input = {
    id,
    batchId: "",
    customerId,
    channel,
    purpose,
    templateId,
    templateVersion: template.version,
    recipient,
    recipientHash: to === "" ? "" : hashAddress(to),
    expiresAt: at + validityMs,
  };
  const message = await messages.create(call, id, queueMessage(input, at, refused));
  nudgeSender(channel);
  return { message: messageOf(MessageSchema, message) };
}
