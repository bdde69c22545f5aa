import { normalizeNumber } from "@trunkline/phone-number";
import { Certainty, type IdentifyCallerRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { certaintyOf, rankMatches } from "../domain/customer.ts";
import { toMatchMessage } from "./customer-message.ts";

const MATCHES = 5;
const CERTAINTY = { sure: Certainty.SURE, maybe: Certainty.MAYBE, none: Certainty.NONE } as const;

export async function identifyCaller({ customers }: Context, { number }: IdentifyCallerRequest, { tenant, principal }: CallContext) {
  const normalized = normalizeNumber(number);
  if (!normalized) return { certainty: Certainty.NONE, matches: [], normalizedNumber: "" };
  const found = rankMatches(await customers.findByPhone(tenant, normalized, MATCHES));
  const reason = found.length > 1 ? "phone_shared" : "phone_exact";
  return {
    certainty: CERTAINTY[certaintyOf(found.length)],
    matches: found.map((customer) => toMatchMessage(customer, [reason], principal)),
    normalizedNumber: normalized,
  };
}
