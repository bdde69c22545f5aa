import { messageOf } from "@trunkline/proto";
import { type GetTemplateRequest, TemplateSchema } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function getTemplate({ templates }: Context, { templateId }: GetTemplateRequest, { tenant }: CallContext) {
  return { template: messageOf(TemplateSchema, (await templates.latest(tenant, templateId)).template) };
}
