import { type Principal, viewerOf } from "@trunkline/auth";
import type { Context } from "../context.ts";

/** What belongs to a customer is seen by who sees the customer. @throws DomainError not_found customer_not_found */
export async function checkVisible(
  customers: Context["customers"],
  tenant: string,
  customerId: string,
  reader: Pick<Principal, "dataScope" | "id">,
): Promise<void> {
  const viewer = viewerOf(reader);
  if (viewer !== undefined) await customers.get(tenant, customerId, viewer);
}
