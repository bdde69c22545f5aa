import { type DomainError, isDomainError } from "@trunkline/errors";
import type { DiallingConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { checkDestination, countDialled } from "../domain/outbound-policy.ts";

type CallOut = {
  readonly id: string;
  readonly customerId: string;
  readonly e164: string;
  /** The customer has asked to be called: without an answer of marketing they are. */
  readonly asked?: boolean;
};
const isNoAnswer = ({ kind }: DomainError) => kind === "unavailable" || kind === "deadline_exceeded" || kind === "exhausted";

/**
 * What every call out must pass; it counts from here on, whether it is dialled or not. Whom nobody knows has said nothing to marketing.
 * @throws DomainError rule_violated destination_not_allowed, contact_refused; exhausted dial_cap_reached; unavailable
 */
export async function clearOut(
  { dialled, mayCall }: Pick<Context, "dialled" | "mayCall">,
  connector: DiallingConfig,
  { id, customerId, e164, asked = false }: CallOut,
  at: number,
): Promise<void> {
  checkDestination(connector, e164);
  if (customerId !== "")
    await mayCall(connector.tenant, { contactId: id, customerId }).catch((error: unknown) => {
      if (!asked || !isDomainError(error) || !isNoAnswer(error)) throw error;
    });
  await dialled.upsert(connector.tenant, connector.id, (before) => countDialled(connector, before, at));
}
