import type { CallbackTaskService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { reopenTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export function reopenCallbackTask({ callbackTasks, now }: Context): Handlers<typeof CallbackTaskService>["reopenCallbackTask"] {
  return async ({ callbackTaskId }, call) => {
    const decided = await callbackTasks.update(plain(call), callbackTaskId, (task) => reopenTask(task, now()));
    return { callbackTask: toMessage(decided, call.principal) };
  };
}
