import { createTokenSigner } from "@trunkline/auth";
import { announceAgents } from "@trunkline/dev-env";
import { type PbxSimulator, startPbxSimulator } from "@trunkline/dev-env/simulators";
import { contentId } from "@trunkline/runtime";
import type { Agent } from "./desktops.ts";
import type { Arena } from "./harness.ts";

const USER = { user: "cti", secret: "cti-drill" };
export const QUEUE = "support";
const CONNECTOR = "pbx-many";

export type ManyAgents = {
  /** An exchange that is theirs, in the place of the arena's. */
  readonly pbx: PbxSimulator;
  readonly connectorId: string;
  readonly agents: readonly Agent[];
  /** Telephony's settings, which it was started with again. */
  readonly settings: Readonly<Record<string, string>>;
};

/** More agents than one wants to hire, who are there for telephony alone, with tokens as if they had logged in. */
export async function engageMany(
  arena: Arena,
  count: number,
  more: Readonly<Record<string, string>>,
): Promise<ManyAgents & AsyncDisposable> {
  const { system, tenant } = arena;
  const extensions = Array.from({ length: count }, (_, n) => String(20_000 + n));
  const pbx = await startPbxSimulator({ users: [USER], queues: [{ name: QUEUE, members: extensions }] });
  const connector = { id: CONNECTOR, tenant, host: "127.0.0.1", port: pbx.port, ...USER };
  const settings = { CONNECTORS: JSON.stringify([connector]), ...more };
  await arena.arm({ telephony: settings });
  const people = extensions.map((extension) => ({ extension, employeeId: contentId("drill-agent", extension) }));
  await using events = system.family.connect();
  await announceAgents(events, tenant, people);
  await system.drain();
  const sign = await createTokenSigner("workforce", system.environments.privateKeys["workforce"] as never);
  const tokenOf = (subject: string) => sign({ subject, tenant, roles: ["agent"], ttlMs: 3_600_000, now: Date.now() });
  const agents = await Promise.all(people.map(async ({ extension, employeeId }) => ({ extension, token: await tokenOf(employeeId) })));
  return { pbx, connectorId: CONNECTOR, agents, settings, [Symbol.asyncDispose]: () => pbx[Symbol.asyncDispose]() };
}
