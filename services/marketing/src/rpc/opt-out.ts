import type { OptOutRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import type { Proof } from "../domain/contact.ts";
import { optOut as close } from "../domain/contact-permission.ts";
import { fromChannel, fromPurpose } from "../stores/contact-codes.ts";
import { toPermissionMessage } from "./marketing-message.ts";

export async function optOut({ permissions, now }: Context, { customerId, channel, purpose, proof }: OptOutRequest, call: CallContext) {
  // Validation let only the known proofs through.
  const word = { channel: fromChannel(channel), purpose: fromPurpose(purpose), proof: proof as Proof };
  return {
    permission: toPermissionMessage(await permissions.change(call, customerId, (permission) => close(permission, { ...word, at: now() }))),
  };
}
