import { DomainError } from "@trunkline/errors";
import { messageOf } from "@trunkline/proto";
import { type ListRecipientsRequest, MessageSchema } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import { given, inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";
import { MESSAGE_STATES } from "../domain/message.ts";

export async function listRecipients(
  { batches, messages }: Context,
  { batchId, state, pageSize, pageToken }: ListRecipientsRequest,
  { tenant }: CallContext,
) {
  if (state !== "" && !MESSAGE_STATES.some((known) => known === state)) {
    throw new DomainError("invalid", "field_invalid", `state: choose one of ${MESSAGE_STATES.join(", ")}`, { field: "state" });
  }
  await batches.get(tenant, batchId);
  const page = await messages.page(tenant, { batchId, ...given({ state }) }, inOrder("_id", { pageSize, pageToken }));
  return { recipients: page.items.map((one) => messageOf(MessageSchema, one)), nextPageToken: page.nextToken };
}
