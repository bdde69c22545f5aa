import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type ContactRequest, type Reservation, reserve } from "../domain/contact-permission.ts";

/** Asks and counts in one conditional write. Without an answer from the database there is none here: the caller gets its error. */
export async function reserveContact(
  { permissions, policyOf, now }: Pick<Context, "permissions" | "policyOf" | "now">,
  scope: CallScope,
  customerId: string,
  request: Omit<ContactRequest, "at">,
): Promise<Reservation> {
  let answer: Reservation | undefined;
  await permissions.change(scope, customerId, (permission) => {
    const decision = reserve(permission, { ...request, at: now() }, policyOf(scope.tenant));
    answer = decision.outcome;
    return decision;
  });
  return answer ?? { allowed: false, refusedBy: "suppressed", retryAt: undefined };
}
