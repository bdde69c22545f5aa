import { DomainError } from "@trunkline/errors";
import type { PutRequestQueueRequestValid } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { nextRevision } from "@trunkline/store";
import type { Context } from "../context.ts";
import { checkedQueue } from "../domain/request-queue.ts";
import { checkOwners } from "../flows/check-owners.ts";
import { fromMessage, toMessage } from "./request-queue-message.ts";

/** Saves the settings whole. */
export async function putRequestQueue(
  { queues, calendars, employees }: Context,
  { queue }: PutRequestQueueRequestValid,
  { tenant }: CallContext,
) {
  const checked = checkedQueue(fromMessage(queue));
  if (!(await calendars.await(tenant, checked.calendarId))) {
    throw new DomainError("rule_violated", "calendar_unknown", "there is no such calendar: save it first", {
      calendarId: checked.calendarId,
    });
  }
  await checkOwners(employees, tenant, [checked.ownerId, ...checked.ladder.map(({ ownerId }) => ownerId)]);
  const { id, ...settings } = checked;
  const revised = (before: typeof settings | undefined) => ({ ...settings, revision: nextRevision(before, queue.revision) });
  const saved = await queues.upsert(tenant, id, revised);
  return { queue: toMessage({ id, ...(saved ?? settings) }) };
}
