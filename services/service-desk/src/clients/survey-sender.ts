import { Channel, type MessageService, Purpose } from "@trunkline/proto/marketing";
import type { Client } from "@trunkline/rpc";
import type { CallScope } from "@trunkline/runtime";

export type SendOutcome = { readonly sent: true; readonly messageId: string } | { readonly sent: false; readonly reason: string };

/** Hands an invitation to marketing, which alone decides whether this person may be asked. */
export type SurveySender = (
  scope: CallScope,
  survey: { readonly surveyId: string; readonly customerId: string; readonly link: string },
) => Promise<SendOutcome>;

/** The template that a tenant keeps under this name says the words around the link. */
const TEMPLATE = "survey";
const REFUSED = new Set(["suppressed", "failed_final", "expired"]);
export const SEND_DEADLINE_MS = 5_000;

export function surveySender(client: Client<typeof MessageService>): SurveySender {
  return async (scope, { surveyId, customerId, link }) => {
    // The survey's id is the request_id: whatever is tried again, one message goes out.
    const { message } = await client.sendMessage(
      { requestId: surveyId, customerId, channel: Channel.SMS, purpose: Purpose.SURVEY, templateId: TEMPLATE, variables: { link } },
      { scope },
    );
    if (message && REFUSED.has(message.state)) return { sent: false, reason: message.reason || message.state };
    return { sent: true, messageId: message?.messageId ?? "" };
  };
}
