import { DomainError } from "@trunkline/errors";
import { Channel, type ContactPolicyService, Purpose } from "@trunkline/proto/marketing";
import type { Client } from "@trunkline/rpc";

/**
 * Asks marketing, which alone decides whether this customer may be called now, and counts the contact; the same `contactId` counts once.
 * @throws DomainError rule_violated contact_refused; unavailable when marketing does not answer: then nobody is called who has not asked for it
 */
export type ContactGate = (tenant: string, contact: { readonly contactId: string; readonly customerId: string }) => Promise<void>;

export const GATE_DEADLINE_MS = 2_000;

export function contactGate(client: Pick<Client<typeof ContactPolicyService>, "reserve">): ContactGate {
  return async (tenant, { contactId, customerId }) => {
    const answer = await client.reserve({ contactId, customerId, channel: Channel.CALL, purpose: Purpose.SERVICE }, { tenant });
    if (answer.allowed) return;
    throw new DomainError(
      "rule_violated",
      "contact_refused",
      "this customer must not be called: the contact policy names the rule; only their own consent changes that",
      { rule: answer.refusedBy },
    );
  };
}
