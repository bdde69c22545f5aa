import type { CallbackTaskService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { releaseTask } from "../domain/callback-task.ts";
import { toMessage } from "./callback-task-message.ts";
import { plain } from "./caller.ts";

export function releaseCallbackTask({ callbackTasks, now }: Context): Handlers<typeof CallbackTaskService>["releaseCallbackTask"] {
  return async ({ callbackTaskId }, call) => {
    const decided = await callbackTasks.update(plain(call), callbackTaskId, (task) => releaseTask(task, call.principal.id, now()));
    return { callbackTask: toMessage(decided, call.principal) };
  };
}
