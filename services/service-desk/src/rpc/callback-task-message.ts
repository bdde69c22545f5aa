import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CallbackTaskSchema } from "@trunkline/proto/service-desk";
import type { CallbackTask } from "../domain/callback-task.ts";

export function toMessage({
  id,
  state,
  number,
  customerId,
  callIds,
  reason,
  openedAt,
  doneAt,
  result,
}: CallbackTask): MessageInitShape<typeof CallbackTaskSchema> {
  return {
    callbackTaskId: id,
    state,
    number,
    customerId,
    callIds: [...callIds],
    reason,
    result,
    openedAt: timestampFromMs(openedAt),
    ...(doneAt === undefined ? {} : { doneAt: timestampFromMs(doneAt) }),
  };
}
