import type { OptOutByLinkRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import { serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { optOut } from "../domain/contact-permission.ts";
import { toChannel, toPurpose } from "../stores/contact-codes.ts";

/** Whoever holds the link of a message may refuse the next one; the signed link says for whom and what. */
export async function optOutByLink({ permissions, links, now }: Context, { token }: OptOutByLinkRequest, { correlation }: CallContext) {
  const { tenant, customerId, channel, purpose } = links.readOptOut(token);
  await permissions.change(serviceScope("marketing", tenant, correlation), customerId, (permission) =>
    optOut(permission, { channel, purpose, proof: "link", at: now() }),
  );
  return { channel: toChannel(channel), purpose: toPurpose(purpose) };
}
