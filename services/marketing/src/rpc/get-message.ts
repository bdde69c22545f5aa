import { messageOf } from "@trunkline/proto";
import { type GetMessageRequest, MessageSchema } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function getMessage({ messages }: Context, { messageId }: GetMessageRequest, { tenant }: CallContext) {
  return { message: messageOf(MessageSchema, await messages.get(tenant, messageId)) };
}
