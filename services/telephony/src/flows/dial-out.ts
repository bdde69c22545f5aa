import type { DiallingConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { checkDestination, countDialled } from "../domain/outbound-policy.ts";

type CallOut = { readonly id: string; readonly customerId: string; readonly e164: string };

/**
 * What every call out must pass; it counts from here on, whether it is dialled or not. Whom nobody knows has said nothing to marketing.
 * @throws DomainError rule_violated destination_not_allowed, contact_refused; exhausted dial_cap_reached; unavailable
 */
export async function clearOut(
  { dialled, mayCall }: Pick<Context, "dialled" | "mayCall">,
  connector: DiallingConfig,
  { id, customerId, e164 }: CallOut,
  at: number,
): Promise<void> {
  checkDestination(connector, e164);
  if (customerId !== "") await mayCall(connector.tenant, { contactId: id, customerId });
  await dialled.upsert(connector.tenant, connector.id, (before) => countDialled(connector, before, at));
}
