import { DomainError } from "@trunkline/errors";
import { on, type Subscription } from "@trunkline/events";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { recordAssets } from "../domain/customer.ts";
import { assetTopic } from "../stores/asset-store.ts";
import { onCustomer } from "./record-contact.ts";

export function onAssetEvent(context: Context): Subscription {
  return on(assetTopic, async ({ event: { event }, scope }) => {
    if (event.case) await copyAssets(context, scope, event.value.customerId);
  });
}

const ROUNDS = 10;

/**
 * Puts what the customer has in use now onto their record. Events of two assets of one customer may run side by side, and the
 * slower one write what it read earlier: so each reads again after its write, until that is what it wrote.
 */
async function copyAssets({ assets, customers }: Context, scope: CallScope, customerId: string): Promise<void> {
  let written = "";
  for (let round = 1; round <= ROUNDS; round++) {
    const inUse = await assets.inUse(scope.tenant, customerId);
    const read = JSON.stringify(inUse);
    if (read === written) return;
    await onCustomer(customers, scope, customerId, (customer) => recordAssets(customer, inUse));
    written = read;
  }
  throw new DomainError("conflict", "write_conflict", "the assets of this customer are being changed by others: try again");
}
