import { CONTACT_DETAILS } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import type { ChangeCustomerRequestValid } from "@trunkline/proto/customer";
import { authorize, type CallContext } from "@trunkline/rpc";
import { nextRevision } from "@trunkline/store";
import type { Context } from "../context.ts";
import { changeCustomer as change, type Details } from "../domain/customer.ts";
import { toMessage } from "./customer-message.ts";

export async function changeCustomer({ customers, now }: Context, request: ChangeCustomerRequestValid, call: CallContext) {
  const changes = changesOf(request);
  // Who sees them masked would put what is masked in their place.
  if ("phones" in changes || "emails" in changes) authorize(call.principal, CONTACT_DETAILS);
  const changed = await customers.update(call, request.customerId, (customer) => {
    nextRevision(customer, request.revision);
    return change(customer, changes, now());
  });
  return { customer: toMessage(changed, call.principal) };
}

/** @throws invalid field_invalid when the mask names a field that cannot be changed, or a name is taken away */
function changesOf({ updateMask, name, phones, emails, grade, tags, regionCode, address, timeZone, alerts }: ChangeCustomerRequestValid) {
  const fields: Readonly<Record<string, Partial<Details>>> = {
    name: { name },
    phones: { phones },
    emails: { emails },
    grade: { grade },
    tags: { tags },
    region_code: { regionCode },
    address: { address },
    time_zone: { timeZone },
    alerts: { alerts },
  };
  const changes: Partial<Details>[] = updateMask.paths.map((path) => {
    const field = Object.hasOwn(fields, path) ? fields[path] : undefined;
    if (field && !(path === "name" && name.trim() === "")) return field;
    throw new DomainError("invalid", "field_invalid", `update_mask: ${path} cannot be changed so`, { field: path });
  });
  return Object.assign({}, ...changes) as Partial<Details>;
}
