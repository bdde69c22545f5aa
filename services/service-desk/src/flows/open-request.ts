import { DomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type NewRequest, openRequest as open } from "../domain/open-request.ts";
import type { Request } from "../domain/request.ts";

/** Opens a request in a queue, on the queue's ladder, targets and calendar as they are now. */
export async function openRequest(context: Context, scope: CallScope, queueId: string, input: NewRequest, at: number): Promise<Request> {
  const { requests, queues, calendars, nudgeNumbering } = context;
  const queue = await queues.find(scope.tenant, queueId);
  if (!queue) throw new DomainError("not_found", "request_queue_not_found", "there is no such request queue: save it first");
  const known = await calendars.find(scope.tenant, queue.calendarId);
  if (!known)
    throw new DomainError("unavailable", "calendar_not_here", "the calendar of the queue has not arrived here yet: try again shortly");
  const opened = open(input, { ...queue, id: queueId }, known.calendar, { at, by: scope.actor });
  const request = await requests.create(scope, input.id, opened);
  nudgeNumbering();
  return request;
}
