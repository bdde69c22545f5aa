import type { ReopenCallbackTaskRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { reopenTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export async function reopenCallbackTask(
  { callbackTasks, now }: Context,
  { callbackTaskId }: ReopenCallbackTaskRequest,
  call: CallContext,
) {
  const decided = await callbackTasks.update(plain(call), callbackTaskId, (task) => reopenTask(task, now()));
  return { callbackTask: toMessage(decided, call.principal) };
}
