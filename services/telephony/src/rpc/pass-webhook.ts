import type { LineService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { notOurs } from "../domain/line.ts";

/** From another instance, which has asked who owns the connection. */
export function passWebhook({ lines }: Context): Handlers<typeof LineService>["passWebhook"] {
  return async ({ webhook }) => {
    const take = webhook && lines.get(webhook.connectorId)?.take;
    if (!take) throw notOurs();
    return { answer: await take(webhook) };
  };
}
