import { type CreateCustomerRequest, CustomerKind } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { createCustomer as create } from "../domain/customer.ts";
import { toMessage } from "./customer-message.ts";

export async function createCustomer(
  { customers, now }: Context,
  { kind, name, phones, emails, grade, tags, regionCode, address, timeZone, alerts }: CreateCustomerRequest,
  call: CallContext,
) {
  const id = createId(call, now());
  const input = {
    id,
    kind: kind === CustomerKind.COMPANY ? "company" : "person",
    name,
    phones,
    emails,
    grade,
    tags,
    regionCode,
    address,
    timeZone,
    alerts,
  } as const;
  return { customer: toMessage(await customers.create(call, id, create(input, now())), call.principal) };
}
