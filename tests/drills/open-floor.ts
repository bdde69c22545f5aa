import { ADMIN_LOGIN, EXTENSIONS, logIn, PASSWORD, type Token } from "@trunkline/dev-env";
import type { AriSimulator } from "@trunkline/dev-env/simulators";
import { phoneBehaviour } from "./floor-load.ts";
import type { Arena } from "./harness.ts";

export const AGENTS = 20;
/** The queue. */
export const FLOOR = "floor";

export type OpenFloor = { readonly exchange: AriSimulator; readonly tokens: readonly Token[] };

/**
 * Agents with phones that do as people do, up to twenty, and a queue whose settings ask for nothing but a free one.
 * @param first leaves out the ones before, for other work
 * @returns the exchange on which telephony distributes, and the agents' tokens
 */
export async function openFloor({ system, tenant }: Arena, random: () => number, first = 0): Promise<OpenFloor> {
  const exchange = system.simulators.ari.get(tenant);
  if (!exchange) throw new Error(`${tenant} has no ARI exchange`);
  const { api } = await logIn(system.gatewayUrl, tenant, ADMIN_LOGIN, system.adminPassword);
  const tokens: Token[] = [];
  const agents: { employeeId: string; tier: number }[] = [];
  for (let n = first; n < AGENTS; n++) {
    const extension = String(1001 + n);
    const profile = { active: true, roles: ["agent"], extension, calendarId: "always" };
    const login = `agent${extension}`;
    // The first six are there already.
    const hired = { requestId: `seed-${login}`, login, name: login, password: PASSWORD, profile };
    if (n >= EXTENSIONS.length) await api.call("workforce.v1.EmployeeService/CreateEmployee", hired);
    const { token, employeeId } = await logIn(system.gatewayUrl, tenant, login, PASSWORD);
    tokens.push(token);
    agents.push({ employeeId, tier: 1 });
    exchange.phone(extension).behave(() => phoneBehaviour(random));
  }
  await system.drain();
  const wrapUp = { mode: "none", limitMs: "1000" };
  const waits = { targetMs: "20000", offerMs: "3000", maxWaitMs: "20000", overflow: "callback" };
  const queue = { queueId: FLOOR, name: FLOOR, strategy: "longest_idle", ...waits, agents, wrapUp };
  await api.call("telephony.v1.CallQueueService/PutCallQueue", { queue });
  return { exchange, tokens };
}
