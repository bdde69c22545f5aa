import { DomainError } from "@trunkline/errors";
import type { SearchCustomersRequest } from "@trunkline/proto/customer";
import { authorize, type CallContext } from "@trunkline/rpc";
import { fits, searched } from "@trunkline/search";
import type { Context } from "../context.ts";
import { toMatchMessage } from "./customer-message.ts";

const REASONS = { number: "search_phone", phone: "search_phone", name: "search_name", pinyin: "search_pinyin" } as const;
const BY_NAME: ReadonlySet<string> = new Set(["name", "pinyin"]);

/** A page may hold fewer than were asked for: keys are cut, and what only seemed to fit is left out. */
export async function searchCustomers(
  { customers }: Context,
  { searchText, pageSize, pageToken }: SearchCustomersRequest,
  { tenant, principal }: CallContext,
) {
  const wanted = searched(searchText);
  if (wanted.length === 0)
    throw new DomainError("invalid", "search_too_short", "give at least four last digits, or the beginning of a name or its pinyin");
  // Whose name is known is no secret; whose number it is may be one.
  if (wanted.some(({ by }) => !BY_NAME.has(by))) authorize(principal, "customer.identify");
  const page = await customers.search(tenant, wanted, { pageSize, pageToken });
  const matches = page.items.flatMap((customer) => {
    const meant = wanted.find((one) => fits(one, customer));
    return meant ? [toMatchMessage(customer, [REASONS[meant.by]], principal)] : [];
  });
  return { matches, nextPageToken: page.nextToken };
}
