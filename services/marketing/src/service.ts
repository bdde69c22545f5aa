import { CustomerService, SegmentService } from "@trunkline/proto/customer";
import { BatchService, ContactPolicyService, MessageService, TemplateService } from "@trunkline/proto/marketing";
import { type Implementation, implement } from "@trunkline/rpc";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { customerDirectory } from "./clients/customer-directory.ts";
import type { MarketingConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { openEngine } from "./engine.ts";
import { createBatch } from "./rpc/create-batch.ts";
import { getBatch } from "./rpc/get-batch.ts";
import { getContactPermission } from "./rpc/get-contact-permission.ts";
import { getMessage } from "./rpc/get-message.ts";
import { getTemplate } from "./rpc/get-template.ts";
import { giveConsent } from "./rpc/give-consent.ts";
import { listRecipients } from "./rpc/list-recipients.ts";
import { optOut } from "./rpc/opt-out.ts";
import { optOutByLink } from "./rpc/opt-out-by-link.ts";
import { putTemplate } from "./rpc/put-template.ts";
import { reserve } from "./rpc/reserve.ts";
import { sendMessage } from "./rpc/send-message.ts";
import { batchTopic } from "./stores/batch-store.ts";
import { contactPermissionTopic } from "./stores/contact-permission-store.ts";
import { messageTopic } from "./stores/message-store.ts";

const CUSTOMER_DEADLINE_MS = 5_000;

export function startMarketing(config: MarketingConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("marketing", [messageTopic, batchTopic, contactPermissionTopic], config, overrides, async (platform) => {
    const customers = customerDirectory({
      customers: platform.client(CustomerService, config.customerAddress, CUSTOMER_DEADLINE_MS),
      segments: platform.client(SegmentService, config.customerAddress, CUSTOMER_DEADLINE_MS),
    });
    const context = await openEngine({ ...platform, config, customers });
    platform.keep(context.batches, config.messageDays);
    platform.keep(context.messages, config.messageDays);
    await platform.serve(entrances(context));
  });
}

/** Every RPC of this service. */
function entrances(context: Context): Implementation[] {
  return [
    implement(ContactPolicyService, context, { reserve, optOut, optOutByLink, giveConsent, getContactPermission }),
    implement(MessageService, context, { sendMessage, getMessage }),
    implement(BatchService, context, { createBatch, getBatch, listRecipients }),
    implement(TemplateService, context, { putTemplate, getTemplate }),
  ];
}
