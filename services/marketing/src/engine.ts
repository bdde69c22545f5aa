import { createHmac } from "node:crypto";
import { normalizeNumber } from "@trunkline/phone-number";
import type { Repeated } from "@trunkline/runtime";
import type { Platform } from "@trunkline/service";
import { openLease } from "@trunkline/store";
import { createTimers, noHints } from "@trunkline/timers";
import type { CustomerDirectory } from "./clients/customer-directory.ts";
import { type MarketingConfig, policies } from "./config.ts";
import { openMailChannel } from "./connectors/mail-channel.ts";
import { openSmppChannel } from "./connectors/smpp-channel.ts";
import type { Context } from "./context.ts";
import type { SendChannel } from "./domain/contact.ts";
import { batchSource } from "./flows/prepare-batch.ts";
import { takeReply } from "./flows/take-reply.ts";
import { runSender } from "./sending/sender.ts";
import { signedLinks } from "./signed-links.ts";
import { openStores } from "./stores/open-stores.ts";
import { createReceipts } from "./stores/receipts.ts";

export type EngineParts = Pick<Platform, "backend" | "instance" | "now" | "log" | "stack"> & {
  readonly config: MarketingConfig;
  readonly customers: CustomerDirectory;
};

/** Everything but the entrances: stores, the ways out, and the loops that send. The stack closes it. */
export async function openEngine({ backend, instance, now, log, stack, config, customers }: EngineParts): Promise<Context> {
  const lease = stack.use(await openLease(backend, { service: "marketing", name: "timers", owner: instance, now }));
  const timers = stack.use(createTimers({ lease, hints: noHints, now, log }));
  const stores = await openStores(backend, (due) => timers.arm("batches", due));
  const loops = new Map<SendChannel, Repeated>();
  const context: Context = {
    ...stores,
    customers,
    policyOf: policies(config),
    sendPolicy: { maxDoubts: config.sendAttempts, leaseMs: config.sendLeaseMs, retryMs: config.sendRetryMs },
    validityMs: config.messageValidityMs,
    links: signedLinks(config.publicUrl, config.linkSecret),
    receipts: createReceipts({ ...stores, now, log, validityMs: config.messageValidityMs }),
    hashAddress: (address) => createHmac("sha256", config.linkSecret).update(`address:${address}`).digest("base64url"),
    nudgeSender: (channel) => loops.get(channel)?.nudge(),
    channels: new Set([...(config.smppUrl === "" ? [] : ["sms" as const]), ...(config.smtpUrl === "" ? [] : ["email" as const])]),
    now,
    log,
  };
  openSenders(context, config, loops, stack);
  timers.start({ batches: batchSource(context) });
  return context;
}

/** A channel is closed after its sender: what was submitted has its answer noted first. */
function openSenders(context: Context, config: MarketingConfig, loops: Map<SendChannel, Repeated>, stack: AsyncDisposableStack): void {
  const { log, receipts } = context;
  if (config.smppUrl !== "") {
    const keywords = config.optOutKeywords.split(",");
    const outgoing = stack.use(
      openSmppChannel({
        url: config.smppUrl,
        version: config.smppVersion,
        sender: config.smsSender,
        window: config.smppWindow,
        log,
        onReceipt: receipts.take,
        onMessage: async (from, texts) => {
          const number = normalizeNumber(from);
          if (number) await takeReply(context, keywords, number, texts);
        },
      }),
    );
    loops.set("sms", stack.use(runSender(context, { channel: "sms", outgoing, perSecond: config.smsPerSecond })));
  }
  if (config.smtpUrl !== "") {
    const outgoing = stack.use(openMailChannel({ url: config.smtpUrl, from: config.mailFrom, connections: config.mailConnections }));
    loops.set("email", stack.use(runSender(context, { channel: "email", outgoing, perSecond: config.mailPerSecond })));
  }
}
