import { DomainError } from "@trunkline/errors";
import { messageOf } from "@trunkline/proto";
import { type PutTemplateRequestValid, TemplateSchema } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkReserved, TEMPLATE_PURPOSE } from "../domain/template.ts";
import { fromNamedPurpose, fromSendChannel } from "../stores/contact-codes.ts";

export async function putTemplate({ templates }: Context, { template }: PutTemplateRequestValid, { tenant, principal }: CallContext) {
  const { templateId, channel, purpose: code, subject, body } = template;
  const kind = fromSendChannel(channel);
  if (kind === "email" && subject.trim() === "")
    throw new DomainError("invalid", "field_invalid", "template.subject: an e-mail needs one", { field: "template.subject" });
  const before = (await templates.find(tenant, templateId))?.template.purpose ?? "marketing";
  const purpose = fromNamedPurpose(code) ?? before;
  checkReserved(before, purpose, principal.permissions.has(TEMPLATE_PURPOSE));
  const put = await templates.put(tenant, { templateId, channel: kind, purpose, subject: kind === "sms" ? "" : subject, body });
  return { template: messageOf(TemplateSchema, put) };
}
