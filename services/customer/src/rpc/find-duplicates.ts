import { normalizeNumber } from "@trunkline/phone-number";
import type { CustomerService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { type Customer, duplicateReason, rankMatches } from "../domain/customer.ts";
import { plain } from "../domain/search-keys.ts";
import { toMatchMessage } from "./customer-message.ts";

const MATCHES = 10;
/** Of each number, address and name: who shares a number are few, and a common name says little. */
const EACH = 10;
const BEST_FIRST = ["phone_same", "email_same", "name_same"];

export function findDuplicates({ customers }: Context): Handlers<typeof CustomerService>["findDuplicates"] {
  return async ({ name, phones, emails, customerId }, { tenant, principal }) => {
    // Who may not learn whose a number is learns of equal names alone.
    const identifies = principal.permissions.has("customer.identify");
    const wanted = {
      name,
      phones: (identifies ? phones : []).flatMap((raw) => normalizeNumber(raw) ?? []),
      emails: (identifies ? emails : []).map((email) => email.trim().toLowerCase()).filter((email) => email !== ""),
    };
    const found = await Promise.all([
      ...wanted.phones.map((number) => customers.findByPhone(tenant, number, EACH)),
      ...wanted.emails.map((email) => customers.findByEmail(tenant, email, EACH)),
      name.trim() === "" ? [] : customers.search(tenant, [{ by: "name", text: plain(name) }], EACH, "").then(({ items }) => items),
    ]);
    const others = new Map<string, Customer>();
    for (const customer of found.flat()) if (customer.id !== customerId) others.set(customer.id, customer);
    const matches = rankMatches([...others.values()]).flatMap((customer) => {
      const reason = duplicateReason(wanted, customer);
      return reason === undefined ? [] : { customer, reason };
    });
    const ranked = matches.toSorted((a, b) => BEST_FIRST.indexOf(a.reason) - BEST_FIRST.indexOf(b.reason));
    return { matches: ranked.slice(0, MATCHES).map(({ customer, reason }) => toMatchMessage(customer, reason, principal)) };
  };
}
