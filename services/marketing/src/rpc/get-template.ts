import type { GetTemplateRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toTemplateMessage } from "./marketing-message.ts";

export async function getTemplate({ templates }: Context, { templateId }: GetTemplateRequest, { tenant }: CallContext) {
  return { template: toTemplateMessage((await templates.latest(tenant, templateId)).template) };
}
