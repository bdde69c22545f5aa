import { type DomainError, isDomainError } from "@trunkline/errors";
import type { DiallingConfig } from "../connector-config.ts";
import type { Context } from "../context.ts";
import { checkDestination, countDialled } from "../domain/outbound-policy.ts";

export type CallOut = {
  readonly id: string;
  readonly customerId: string;
  readonly e164: string;
  /** The customer has asked to be called: without an answer of customer and marketing they are. */
  readonly asked?: boolean;
};
const isNoAnswer = ({ kind }: DomainError) => kind === "unavailable" || kind === "deadline_exceeded" || kind === "exhausted";

/**
 * What every call out must pass; it counts from here on, whether it is dialled or not. Whom nobody knows has said nothing to marketing.
 * @throws DomainError rule_violated destination_not_allowed, contact_refused; not_found customer_not_found; exhausted dial_cap_reached; unavailable
 */
export async function clearOut(
  { dialled, mayCall, customers }: Pick<Context, "dialled" | "mayCall" | "customers">,
  connector: DiallingConfig,
  { id, customerId, e164, asked = false }: CallOut,
  at: number,
): Promise<void> {
  checkDestination(connector, e164);
  await ask(customers, mayCall, connector.tenant, { id, customerId, e164 }).catch((error: unknown) => {
    if (!asked || !isDomainError(error) || !isNoAnswer(error)) throw error;
  });
  await dialled.upsert(connector.tenant, connector.id, (before) => countDialled(connector, before, at));
}

async function ask(
  customers: Context["customers"],
  mayCall: Context["mayCall"],
  tenant: string,
  { id, customerId, e164 }: CallOut,
): Promise<void> {
  for (const each of await whoIsCalled(customers, tenant, customerId, e164)) await mayCall(tenant, { contactId: id, customerId: each });
}

/** Whoever dials may name nobody, or somebody else: the number decides who is asked for, beside the customer who was named. */
async function whoIsCalled(customers: Context["customers"], tenant: string, named: string, e164: string): Promise<readonly string[]> {
  const having = await customers.withNumber(tenant, e164);
  if (named === "") return having;
  if (having.includes(named)) return [named];
  await customers.check(tenant, named);
  // Who is called first: a contact that they refuse must not count for whoever was named.
  return [...having, named];
}
