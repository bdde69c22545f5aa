import { setTimeout as delay } from "node:timers/promises";
import { ADMIN_LOGIN, EXTENSIONS, logIn, PASSWORD, type ServiceProcess } from "@trunkline/dev-env";
import type { AriSimulator } from "@trunkline/dev-env/simulators";
import { phoneBehaviour, startFloorLoad } from "./floor-load.ts";
import { type Arena, type Drill, openArena } from "./harness.ts";
import { openLeaseReader, portOf } from "./owner-fault.ts";
import { seeded } from "./seeded.ts";

const AGENTS = 20;
const QUEUE = "floor";
/** Longer than the lease of a connection. */
const FROZEN_MS = 5_500;
const SABOTAGE = { FAILPOINTS: "agent.reserve.skip=on,connection.fence.off=on" };

/**
 * Twenty agents, callers in plenty, and two instances of telephony, of which one is killed or frozen again and again, mostly the one that
 * owns the exchange. Who talked to whom is the exchange's own record; the checker holds it against what may be and what the database says.
 */
export const ownerHistory: Drill = async (options) => {
  const [rounds, calls] = options.quick ? [2, 0] : [100, 5_000];
  await using arena = await openArena(options, false, 0);
  const { system, tenant, log } = arena;
  const sabotage = options.sabotage ? SABOTAGE : {};
  if (options.sabotage) await arena.arm({ telephony: sabotage });

  const random = seeded(options.seed);
  const exchange = system.simulators.ari.get(tenant);
  if (!exchange) throw new Error(`${tenant} has no ARI exchange`);
  const tokens = await openFloor(arena, random, exchange);
  const second = await system.another("telephony", sabotage);
  const addresses = [system.environments.rpc.telephony, second.rpc];
  const instances = new Map([
    [portOf(addresses[0] as string), system.process("telephony")],
    [portOf(second.rpc), second.process],
  ]);
  await using lease = await openLeaseReader(arena, `connector/ari-${tenant}`);
  const load = startFloorLoad({ exchange, queue: QUEUE, seed: options.seed, log, tokens, addresses });
  const faults = { kills: 0, freezes: 0 };
  for (let round = 0; round < rounds || load.offered() < calls; round++) {
    await delay(1_500 + random() * 2_000);
    const process = victim(instances, await lease.owner(), options.quick ? 0 : random());
    if (round % 2 === 0) await killed(process, random, faults);
    else await frozen(process, random, faults);
    if (round % 10 === 9) options.print(`${round + 1} of ${rounds} faults, ${load.offered()} callers, ${load.answered()} answered`);
  }
  await delay(1_500);
  const result = await arena.judge("owner-history", options, [load], faults.kills);
  options.print(`${load.turnedAway()} callers came while nobody listened and tried again`);
  return { ...result, freezes: faults.freezes, answered: load.answered() };
};

type Instances = ReadonlyMap<string, ServiceProcess>;

/** The owner of the connection, and one time in five the other one. */
function victim(instances: Instances, owner: string, chance: number): ServiceProcess {
  const processes = [...instances.values()];
  const process = instances.get(portOf(owner)) ?? processes[0];
  const other = processes.find((one) => one !== process);
  if (!process || !other) throw new Error("there are no two instances");
  return chance > 0.8 ? other : process;
}

type Faults = { kills: number; freezes: number };

async function killed(process: ServiceProcess, random: () => number, faults: Faults): Promise<void> {
  await process.kill();
  faults.kills += 1;
  // Back before its lease is over, or long after.
  await delay(random() * 4_000);
  await process.start();
}

async function frozen(process: ServiceProcess, random: () => number, faults: Faults): Promise<void> {
  process.freeze();
  faults.freezes += 1;
  await delay(FROZEN_MS + random() * 2_000);
  process.thaw();
}

/** Twenty agents with phones that do as people do, and a queue whose settings ask for nothing but a free one. @returns the agents' tokens */
async function openFloor({ system, tenant }: Arena, random: () => number, exchange: AriSimulator): Promise<string[]> {
  const { api } = await logIn(system.gatewayUrl, tenant, ADMIN_LOGIN, system.adminPassword);
  const tokens: string[] = [];
  const agents: { employeeId: string; tier: number }[] = [];
  for (let n = 0; n < AGENTS; n++) {
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
  const queue = { queueId: QUEUE, name: QUEUE, strategy: "longest_idle", ...waits, agents, wrapUp };
  await api.call("telephony.v1.CallQueueService/PutCallQueue", { queue });
  return tokens;
}
