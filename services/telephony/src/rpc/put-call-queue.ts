import { DomainError } from "@trunkline/errors";
import type { PutCallQueueRequestValid } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { fromMessage, toMessage } from "./call-queue-message.ts";

/** Saves the settings whole. */
export async function putCallQueue({ queues, agents, calendars }: Context, { queue }: PutCallQueueRequestValid, { tenant }: CallContext) {
  const checked = fromMessage(queue);
  for (const { employeeId } of checked.agents) {
    if (!agents.agent(tenant, employeeId))
      throw new DomainError("rule_violated", "agent_unknown", "there is no active employee with an extension of this id", {
        employeeId,
      });
  }
  if (checked.calendarId !== "" && !(await calendars.await(tenant, checked.calendarId)))
    throw new DomainError("rule_violated", "calendar_unknown", "there is no such calendar: save it first", {
      calendarId: checked.calendarId,
    });
  return { queue: toMessage(await queues.put(tenant, checked, queue.revision)) };
}
