import { normalizeNumber } from "@trunkline/phone-number";
import type { FindDuplicatesRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import { plain } from "@trunkline/search";
import type { Context } from "../context.ts";
import { type Customer, duplicateReasons, rankDuplicates } from "../domain/customer.ts";
import { toMatchMessage } from "./customer-message.ts";

const MATCHES = 10;
/** Of each number, each address and each spelling of the name. */
const EACH = 10;
/** With just this name: many have a common one, and the best of them need not be the newest. */
const NAMESAKES = 200;

export async function findDuplicates(
  { customers }: Context,
  { name, address, phones, emails, customerId }: FindDuplicatesRequest,
  { tenant, principal }: CallContext,
) {
  // Who may not learn whose a number is learns of equal names alone.
  const identifies = principal.permissions.has("customer.identify");
  const wanted = {
    name: name.trim(),
    address: address.trim(),
    phones: (identifies ? phones : []).flatMap((raw) => normalizeNumber(raw) ?? []),
    emails: (identifies ? emails : []).map((email) => email.trim().toLowerCase()).filter((email) => email !== ""),
  };
  const found = await Promise.all([
    ...wanted.phones.map((number) => customers.findByPhone(tenant, number, EACH)),
    ...wanted.emails.map((email) => customers.findByEmail(tenant, email, EACH)),
    ...(wanted.name === "" ? [] : byName(customers, tenant, wanted)),
  ]);
  const others = new Map<string, Customer>();
  for (const customer of found.flat()) if (customer.id !== customerId) others.set(customer.id, customer);
  const matches = rankDuplicates(wanted, [...others.values()]).slice(0, MATCHES);
  return { matches: matches.map((customer) => toMatchMessage(customer, duplicateReasons(wanted, customer), principal)) };
}

/** The namesakes at the address are few, however many have the name; who is written otherwise is found by the beginning of the name. */
function byName(
  customers: Context["customers"],
  tenant: string,
  { name, address }: Pick<Customer, "name" | "address">,
): Promise<readonly Customer[]>[] {
  return [
    customers.findByName(tenant, { name }, NAMESAKES),
    ...(address === "" ? [] : [customers.findByName(tenant, { name, address }, EACH)]),
    customers.search(tenant, [{ by: "name", text: plain(name) }], EACH).then(({ items }) => items),
  ];
}
