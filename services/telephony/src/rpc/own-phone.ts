import { DomainError } from "@trunkline/errors";
import type { AgentDirectory } from "../stores/agent-directory.ts";

/**
 * The extension of the signed-in employee.
 * @throws DomainError rule_violated extension_missing
 */
export function ownExtension(agents: Pick<AgentDirectory, "agent">, tenant: string, employeeId: string): string {
  const agent = agents.agent(tenant, employeeId);
  if (agent) return agent.extension;
  throw new DomainError("rule_violated", "extension_missing", "you have no extension that could ring: ask an administrator for one");
}
