import { DomainError } from "@trunkline/errors";
import type { WebhookService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";

/** From outside; whoever owns the connection checks the signature. */
export function takeWebhook({ connectors, takeWebhook: take }: Context): Handlers<typeof WebhookService>["takeWebhook"] {
  return async ({ connectorId, ...request }) => {
    if (connectors.some(({ id, kind }) => id === connectorId && kind === "webhook")) return await take(connectorId, request);
    throw new DomainError("not_found", "webhook_unknown", "there is no webhook connection of this name: check the address");
  };
}
