import { CustomerKind, type CustomerService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { createCustomer as create } from "../domain/customer.ts";
import { toMessage } from "./customer-message.ts";

export function createCustomer({ customers, now }: Context): Handlers<typeof CustomerService>["createCustomer"] {
  return async ({ kind, name, phones, emails, grade, tags, regionCode, address, timeZone, alerts }, call) => {
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
  };
}
