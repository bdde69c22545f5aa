import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "@trunkline/dev-env";
import { carried } from "./carried.ts";
import { startFloorLoad } from "./floor-load.ts";
import { type Drill, openArena } from "./harness.ts";
import { FLOOR, openFloor } from "./open-floor.ts";
import { openLeaseReader, portOf } from "./owner-fault.ts";
import { seeded } from "./seeded.ts";

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
  const { exchange, tokens } = await openFloor(arena, random);
  const second = await system.another("telephony", sabotage);
  const addresses = [system.environments.rpc.telephony, second.rpc];
  const instances = new Map([
    [portOf(addresses[0] as string), system.process("telephony")],
    [portOf(second.rpc), second.process],
  ]);
  await using lease = await openLeaseReader(arena, `connector/ari-${tenant}`);
  const load = startFloorLoad({
    exchange,
    queue: FLOOR,
    seed: options.seed,
    log,
    tokens: tokens.map((token) => carried(system, token)),
    addresses,
  });
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
