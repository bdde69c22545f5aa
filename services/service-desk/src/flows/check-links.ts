import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

/**
 * What a person links a request to has to be there. A service says what it has met itself, and must not wait for others.
 * @throws DomainError not_found customer_not_found, call_not_found; unavailable
 */
export async function checkLinks(
  { checkCustomer, readCall }: Pick<Context, "checkCustomer" | "readCall">,
  call: CallContext,
  { customerId, callId }: { readonly customerId: string; readonly callId: string },
): Promise<void> {
  if (call.principal.kind === "service") return;
  await Promise.all([customerId === "" ? undefined : checkCustomer(call, customerId), callId === "" ? undefined : readCall(call, callId)]);
}
