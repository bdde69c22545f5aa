import { on, type Subscription, topic } from "@trunkline/events";
import { EmployeeEventSchema } from "@trunkline/proto/workforce";
import type { Context } from "../context.ts";

export function onEmployeeEvent({ agents }: Context): Subscription {
  return on(topic("workforce.employee", EmployeeEventSchema, true), async ({ event: { event }, id, sequence, scope }) => {
    if (event.case !== "changed" || !event.value.profile) return;
    const { extension, active } = event.value.profile;
    await agents.put(scope.tenant, id, { extension, active, sequence });
  });
}
