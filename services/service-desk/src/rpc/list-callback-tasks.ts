import type { CallbackTaskService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./callback-task-message.ts";

export function listCallbackTasks({ callbackTasks }: Context): Handlers<typeof CallbackTaskService>["listCallbackTasks"] {
  return async ({ pageSize, pageToken, state }, { tenant, principal }) => {
    const page = await callbackTasks.list(tenant, { state }, pageSize, pageToken);
    return { callbackTasks: page.items.map((task) => toMessage(task, principal)), nextPageToken: page.nextToken };
  };
}
