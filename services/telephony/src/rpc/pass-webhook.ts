import type { PassWebhookRequestValid } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import { notOurs } from "../domain/line.ts";

/** From another instance, which has asked who owns the connection. */
export async function passWebhook({ lines }: Context, { webhook }: PassWebhookRequestValid) {
  const take = lines.get(webhook.connectorId)?.take;
  if (!take) throw notOurs();
  return { answer: await take(webhook) };
}
