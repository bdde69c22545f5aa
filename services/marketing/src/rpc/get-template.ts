import type { TemplateService } from "@trunkline/proto/marketing";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toTemplateMessage } from "./marketing-message.ts";

export function getTemplate({ templates }: Context): Handlers<typeof TemplateService>["getTemplate"] {
  return async ({ templateId }, { tenant }) => ({ template: toTemplateMessage((await templates.latest(tenant, templateId)).template) });
}
