import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { contactDetailsFor, type Principal } from "@trunkline/auth";
import type { CallbackTaskSchema } from "@trunkline/proto/service-desk";
import type { CallbackTask } from "../domain/callback-task.ts";

export function toMessage(
  {
    id,
    state,
    number,
    customerId,
    callIds,
    reason,
    openedAt,
    doneAt,
    result,
    ownerId = "",
    claimedUntil,
    attempts = 0,
    dueAt,
  }: CallbackTask,
  reader: Principal,
): MessageInitShape<typeof CallbackTaskSchema> {
  return {
    callbackTaskId: id,
    state,
    number: contactDetailsFor(reader).number(number),
    customerId,
    callIds: [...callIds],
    reason,
    result,
    ownerId,
    attempts,
    openedAt: timestampFromMs(openedAt),
    ...(doneAt === undefined ? {} : { doneAt: timestampFromMs(doneAt) }),
    ...(claimedUntil === undefined ? {} : { claimedUntil: timestampFromMs(claimedUntil) }),
    ...(dueAt === undefined ? {} : { dueAt: timestampFromMs(dueAt) }),
  };
}
