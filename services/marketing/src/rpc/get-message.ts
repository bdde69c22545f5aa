import type { GetMessageRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessageMessage } from "./marketing-message.ts";

export async function getMessage({ messages }: Context, { messageId }: GetMessageRequest, { tenant }: CallContext) {
  return { message: toMessageMessage(await messages.get(tenant, messageId)) };
}
