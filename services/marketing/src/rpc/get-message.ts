import type { MessageService } from "@trunkline/proto/marketing";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessageMessage } from "./marketing-message.ts";

export function getMessage({ messages }: Context): Handlers<typeof MessageService>["getMessage"] {
  return async ({ messageId }, { tenant }) => ({ message: toMessageMessage(await messages.get(tenant, messageId)) });
}
