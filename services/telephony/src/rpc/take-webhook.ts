import { DomainError } from "@trunkline/errors";
import type { TakeWebhookRequest } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";

/** From outside; whoever owns the connection checks the signature. */
export async function takeWebhook({ connectors, takeWebhook: take }: Context, { connectorId, ...request }: TakeWebhookRequest) {
  if (connectors.some(({ id, kind }) => id === connectorId && kind === "webhook")) return await take(connectorId, request);
  throw new DomainError("not_found", "webhook_unknown", "there is no webhook connection of this name: check the address");
}
