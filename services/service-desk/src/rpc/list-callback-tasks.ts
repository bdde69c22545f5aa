import type { ListCallbackTasksRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { given, inOrder, newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "./callback-task-message.ts";

/** Open ones: the oldest first. All others: the newest first. */
export async function listCallbackTasks(
  { callbackTasks }: Context,
  { pageSize, pageToken, state }: ListCallbackTasksRequest,
  { tenant, principal }: CallContext,
) {
  const asked = state === "open" ? inOrder : newestFirst;
  const page = await callbackTasks.page(tenant, given({ state }), asked("openedAt", { pageSize, pageToken }));
  return { callbackTasks: page.items.map((task) => toMessage(task, principal)), nextPageToken: page.nextToken };
}
