import type { ClaimCallbackTaskRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { claimTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export async function claimCallbackTask({ callbackTasks, now }: Context, { callbackTaskId }: ClaimCallbackTaskRequest, call: CallContext) {
  const decided = await callbackTasks.update(plain(call), callbackTaskId, (task) => claimTask(task, call.principal.id, now()));
  return { callbackTask: toMessage(decided, call.principal) };
}
