import { DomainError } from "@trunkline/errors";
import type { CustomerService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { fits, keyOf, searched } from "../domain/search-keys.ts";
import { toMatchMessage } from "./customer-message.ts";

/** A page may hold fewer than were asked for: keys are cut, and what only seemed to fit is left out. */
export function searchCustomers({ customers }: Context): Handlers<typeof CustomerService>["searchCustomers"] {
  return async ({ searchText, pageSize, pageToken }, { tenant }) => {
    const wanted = searched(searchText);
    if (!wanted)
      throw new DomainError("invalid", "search_too_short", "give at least four last digits, or the beginning of a name or its pinyin");
    const page = await customers.pageBySearchKey(tenant, keyOf(wanted), pageSize, pageToken);
    const matches = page.items
      .filter((customer) => fits(wanted, customer))
      .map((customer) => toMatchMessage(customer, `search_${wanted.by}`));
    return { matches, nextPageToken: page.nextToken };
  };
}
