import { DomainError } from "@trunkline/errors";
import type { LineService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";

/** From another instance, which has asked who owns the connection. */
export function passWebhook({ lines }: Context): Handlers<typeof LineService>["passWebhook"] {
  return async ({ webhook }) => {
    const take = webhook && lines.get(webhook.connectorId)?.take;
    if (!take) throw new DomainError("unavailable", "line_moved", "the connection has just gone to another instance: try again");
    return { answer: await take(webhook) };
  };
}
