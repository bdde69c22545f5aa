import type { CallbackTaskService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { completeTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export function completeCallbackTask({ callbackTasks, now }: Context): Handlers<typeof CallbackTaskService>["completeCallbackTask"] {
  return async ({ callbackTaskId, result }, call) => {
    const task = await callbackTasks.update(plain(call), callbackTaskId, (current) => completeTask(current, result, now()));
    return { callbackTask: toMessage(task) };
  };
}
