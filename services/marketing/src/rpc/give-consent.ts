import type { GiveConsentRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import type { Proof } from "../domain/contact.ts";
import { giveConsent as give } from "../domain/contact-permission.ts";
import { fromChannel, fromPurpose } from "../stores/contact-codes.ts";
import { toPermissionMessage } from "./marketing-message.ts";

export async function giveConsent(
  { permissions, customers, now }: Context,
  { customerId, channel, purpose, proof }: GiveConsentRequest,
  call: CallContext,
) {
  // Consent of somebody who is not there would wait for whoever gets the id.
  await customers.customer(call, customerId);
  const word = { channel: fromChannel(channel), purpose: fromPurpose(purpose), proof: proof as Proof };
  return {
    permission: toPermissionMessage(await permissions.change(call, customerId, (permission) => give(permission, { ...word, at: now() }))),
  };
}
