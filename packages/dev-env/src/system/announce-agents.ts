import { createRelay, outboxEntry, type Transport, topic } from "@trunkline/events";
import { EmployeeEventSchema } from "@trunkline/proto/workforce";

const employeeTopic = topic("workforce.employee", EmployeeEventSchema, true);

export type AnnouncedAgent = { readonly employeeId: string; readonly extension: string };

/** Says of agents what workforce would have said: for more of them than one wants to hire, who then exist for everybody but workforce. */
export async function announceAgents(transport: Transport, tenant: string, agents: readonly AnnouncedAgent[]): Promise<void> {
  await transport.ensureTopics([employeeTopic]);
  await using relay = await createRelay(transport);
  const scope = { tenant, actor: "service/workforce", causation: "", correlation: "announced" };
  for (const { employeeId, extension } of agents) {
    const profile = { active: true, roles: ["agent"], extension };
    const message = { employeeId, event: { case: "changed" as const, value: { profile } } };
    const entry = outboxEntry(employeeTopic, scope, { n: 1, at: Date.now(), message });
    const published = () => undefined;
    relay.offer({ source: "employees", topic: employeeTopic.name, tenant, id: employeeId, entries: [entry], published });
  }
  await relay.drain();
}
