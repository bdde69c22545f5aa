import { on, type Subscription, topic } from "@trunkline/events";
import { EmployeeEventSchema } from "@trunkline/proto/workforce";
import type { Context } from "../context.ts";

/** Keeps the copy of who has which extension, skills and rights. */
export function onEmployeeEvent({ agents }: Pick<Context, "agents">): Subscription {
  return on(topic("workforce.employee", EmployeeEventSchema, true), async ({ event: { event }, id, sequence, scope }) => {
    if (event.case !== "changed" || !event.value.profile) return;
    const { extension, active, skills, roles } = event.value.profile;
    const grades = Object.fromEntries(skills.map(({ skill, level }) => [skill, level]));
    await agents.put(scope.tenant, id, { extension, active, skills: grades, roles, sequence });
  });
}
