import { BatchService, ContactPolicyService, MessageService, TemplateService } from "@trunkline/proto/marketing";
import { type Implementation, implement } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { createBatch } from "./create-batch.ts";
import { getBatch } from "./get-batch.ts";
import { getContactPermission } from "./get-contact-permission.ts";
import { getMessage } from "./get-message.ts";
import { getTemplate } from "./get-template.ts";
import { giveConsent } from "./give-consent.ts";
import { listRecipients } from "./list-recipients.ts";
import { optOut } from "./opt-out.ts";
import { optOutByLink } from "./opt-out-by-link.ts";
import { putTemplate } from "./put-template.ts";
import { reserve } from "./reserve.ts";
import { sendMessage } from "./send-message.ts";

export function implementations(context: Context): Implementation[] {
  return [
    implement(ContactPolicyService, {
      reserve: reserve(context),
      optOut: optOut(context),
      optOutByLink: optOutByLink(context),
      giveConsent: giveConsent(context),
      getContactPermission: getContactPermission(context),
    }),
    implement(MessageService, { sendMessage: sendMessage(context), getMessage: getMessage(context) }),
    implement(BatchService, { createBatch: createBatch(context), getBatch: getBatch(context), listRecipients: listRecipients(context) }),
    implement(TemplateService, { putTemplate: putTemplate(context), getTemplate: getTemplate(context) }),
  ];
}
