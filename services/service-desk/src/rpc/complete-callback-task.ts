import type { CompleteCallbackTaskRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkMine, completeTask, retryTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export async function completeCallbackTask(
  { callbackTasks, now }: Context,
  { callbackTaskId, result, retryAfterMs }: CompleteCallbackTaskRequest,
  call: CallContext,
) {
  const at = now();
  const again = result === "no_answer" && retryAfterMs > 0n;
  const task = await callbackTasks.update(plain(call), callbackTaskId, (current) => {
    checkMine(current, call.principal.id, at);
    return again ? retryTask(current, result, at + Number(retryAfterMs), at) : completeTask(current, result, at);
  });
  return { callbackTask: toMessage(task, call.principal) };
}
