import type { ListCallbackTasksRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./callback-task-message.ts";

export async function listCallbackTasks(
  { callbackTasks }: Context,
  { pageSize, pageToken, state }: ListCallbackTasksRequest,
  { tenant, principal }: CallContext,
) {
  const page = await callbackTasks.list(tenant, { state }, pageSize, pageToken);
  return { callbackTasks: page.items.map((task) => toMessage(task, principal)), nextPageToken: page.nextToken };
}
