import type { ReleaseCallbackTaskRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { releaseTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export async function releaseCallbackTask(
  { callbackTasks, now }: Context,
  { callbackTaskId }: ReleaseCallbackTaskRequest,
  call: CallContext,
) {
  const decided = await callbackTasks.update(plain(call), callbackTaskId, (task) => releaseTask(task, call.principal.id, now()));
  return { callbackTask: toMessage(decided, call.principal) };
}
