import { DomainError } from "@trunkline/errors";
import { Channel, type TemplateService } from "@trunkline/proto/marketing";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { fromSendChannel } from "../stores/contact-codes.ts";
import { toTemplateMessage } from "./marketing-message.ts";

export function putTemplate({ templates }: Context): Handlers<typeof TemplateService>["putTemplate"] {
  return async ({ template }, { tenant }) => {
    const { templateId = "", channel = Channel.UNSPECIFIED, subject = "", body = "" } = template ?? {};
    const kind = fromSendChannel(channel);
    if (kind === "email" && subject.trim() === "")
      throw new DomainError("invalid", "field_invalid", "template.subject: an e-mail needs one", { field: "template.subject" });
    return {
      template: toTemplateMessage(await templates.put(tenant, { templateId, channel: kind, subject: kind === "sms" ? "" : subject, body })),
    };
  };
}
