import { DomainError, isDomainError } from "@trunkline/errors";
import { type CallScope, failpoint, serviceScope } from "@trunkline/runtime";
import type { Outgoing, OutgoingChannel, SubmitOutcome } from "../connectors/outgoing-channel.ts";
import type { Context } from "../context.ts";
import { release, type Suppression, suppress } from "../domain/contact-permission.ts";
import { claim, giveUp, type Message, reachedNobody, refuse } from "../domain/message.ts";
import { recordFailure, recordSent } from "../domain/message-outcome.ts";
import type { Found } from "../stores/message-store.ts";
import { reserveContact } from "./reserve-contact.ts";

/**
 * One message from due to done. Asked, claimed, submitted, noted, each before the next: wherever a crash falls, the row
 * says how far it came, and another attempt is made with the same reference.
 */
export async function deliverMessage(context: Context, channel: OutgoingChannel, { tenant, state: message }: Found): Promise<void> {
  const { messages, now, sendPolicy } = context;
  const scope = serviceScope("marketing", tenant, message.batchId || message.id);
  const { id: contactId, customerId, purpose, recipient } = message;
  const answer = await reserveContact(context, scope, customerId, {
    contactId,
    channel: message.channel,
    purpose,
    timeZone: recipient?.timeZone ?? "",
  });
  if (!answer.allowed) {
    const refused = await messages.update(scope, message.id, (current) => refuse(current, answer, now()));
    return await uncount(context, scope, refused);
  }
  const outgoing = await writeOut(context, scope, message);
  if (!outgoing) return;
  let taken = false;
  const claimed = await messages.update(scope, message.id, (current) => {
    const attempt = claim(current, now(), sendPolicy);
    taken = attempt.taken;
    return attempt;
  });
  if (!taken) return await uncount(context, scope, claimed);
  failpoint("marketing.before_submit");
  const outcome = await channel.submit(outgoing);
  failpoint("marketing.after_submit");
  await note(context, scope, message, channel.provider, outcome);
}

/** Fills in the template; undefined when that cannot be done for this person, which is then noted. */
async function writeOut(context: Context, scope: CallScope, message: Message): Promise<Outgoing | undefined> {
  const { templates, links, messages, now } = context;
  const { id, customerId, channel, purpose, recipient, templateId, templateVersion } = message;
  try {
    if (!recipient) throw new DomainError("invalid", "recipient_missing", "the message has no recipient");
    const { compiled } = await templates.version(scope.tenant, templateId, templateVersion);
    const unsubscribeUrl =
      channel === "email" && purpose !== "service" ? links.optOutUrl({ tenant: scope.tenant, customerId, channel, purpose }) : "";
    return { messageId: id, to: recipient.to, unsubscribeUrl, ...compiled.render(recipient) };
  } catch (error) {
    if (!isDomainError(error) || (error.kind !== "invalid" && error.kind !== "not_found")) throw error;
    await uncount(context, scope, await messages.update(scope, id, (current) => giveUp(current, error.code, now())));
    return undefined;
  }
}

/**
 * A contact that did not come about does not count. After the row says so: a crash between leaves one counted that was none, never one
 * more than the cap.
 * @param suppression the channel leads nowhere, as the attempt has shown
 */
async function uncount({ permissions }: Context, scope: CallScope, message: Message, suppression?: Suppression): Promise<void> {
  const uncounted = reachedNobody(message);
  if (!uncounted && !suppression) return;
  await permissions.change(scope, message.customerId, (permission) => {
    const released = uncounted ? release(permission, message.id) : { state: permission, events: [] };
    return suppression ? suppress(released.state, suppression) : released;
  });
}

async function note(context: Context, scope: CallScope, message: Message, provider: string, outcome: SubmitOutcome): Promise<void> {
  const { messages, receipts, sendPolicy, now, log } = context;
  const { id, channel } = message;
  const at = now();
  if (outcome.kind === "sent") {
    const { providerId } = outcome;
    if (providerId !== "") receipts.expect(providerId, { tenant: scope.tenant, id });
    return void (await messages.update(scope, id, (current) => recordSent(current, { provider, providerId, at })));
  }
  // Nothing to write: the row says "sending", and its lease decides when it is tried again and counted as in doubt.
  if (outcome.kind === "in_doubt")
    return log.warn(
      { messageId: id, provider, reason: outcome.reason },
      "a submit's outcome is unknown; it is tried again when its lease has passed",
    );
  const after = await messages.update(scope, id, (current) => recordFailure(current, { ...outcome, at }, sendPolicy));
  const nowhere = after.state === "failed_final" && outcome.unreachable;
  await uncount(context, scope, after, nowhere ? { channel, reason: outcome.reason, at } : undefined);
}
