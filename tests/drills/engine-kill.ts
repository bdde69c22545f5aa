import { setTimeout as delay } from "node:timers/promises";
import { type Drill, LOSES_EVENTS, openArena, until } from "./harness.ts";
import { startLoads } from "./loads.ts";

type Fault = { readonly name: string; readonly engine: "kafka" | "mongo"; readonly quickAwayMs: number; readonly awayMs: number };

/** An engine dies in the middle and comes back, several times. */
const engineKill =
  ({ name, engine, quickAwayMs, awayMs }: Fault): Drill =>
  async (options) => {
    const [operations, rounds, away, paceMs] = options.quick ? [300, 1, quickAwayMs, 0] : [5_000, 5, awayMs, 500];
    await using arena = await openArena(options, engine === "mongo");
    if (options.sabotage) await arena.arm(LOSES_EVENTS);
    const loads = startLoads(arena, operations, paceMs);
    const [desk] = loads;
    for (let round = 1; round <= rounds; round++) {
      await until(() => desk.acknowledged() > (operations / (rounds + 1)) * round);
      await arena.system.engines().kill(engine);
      const before = desk.acknowledged();
      await delay(away);
      options.print(`${engine} was away for ${away / 1000} s; ${desk.acknowledged() - before} operations were acknowledged meanwhile`);
      await arena.system.engines().restart(engine);
    }
    return await arena.judge(name, options, loads, rounds);
  };

/** Work goes on without the broker, and everything is published in the end. */
export const brokerKill = engineKill({ name: "broker-kill", engine: "kafka", quickAwayMs: 4_000, awayMs: 10_000 });

/** Nothing is acknowledged while the database is away, and what was acknowledged before is there afterwards. */
export const databaseKill = engineKill({ name: "database-kill", engine: "mongo", quickAwayMs: 2_000, awayMs: 5_000 });
