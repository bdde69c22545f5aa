import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "@trunkline/dev-env";
import mongoose from "mongoose";
import { startCallLoadOn } from "./call-load.ts";
import { type Arena, BETWEEN_FAULTS_MS, type Drill, LOSES_EVENTS, openArena } from "./harness.ts";
import { engageMany } from "./many-agents.ts";

/** Another instance has the connection by then: issue 4. */
const TAKEOVER_MS = 5_000;
/** Longer than the lease, so that the frozen one is no longer the owner when it goes on. */
const FROZEN_MS = 7_000;
const QUICK_BETWEEN_MS = 2_000;
const CALLS = 5_000;

type Fault = {
  readonly name: string;
  readonly break: (owner: ServiceProcess) => Promise<void>;
  readonly mend: (owner: ServiceProcess) => Promise<void>;
};

/**
 * Two instances of telephony while calls come in; the one that owns the connection to the exchange dies or freezes, again and
 * again. The other one takes over, and what the first still says is dropped.
 */
const ownerFault =
  ({ name, break: breakIt, mend }: Fault): Drill =>
  async (options) => {
    const [rounds, calls, count, pauseMs] = options.quick ? [2, 0, 6, QUICK_BETWEEN_MS] : [50, CALLS, 72, BETWEEN_FAULTS_MS];
    await using arena = await openArena(options);
    const { system } = arena;
    await using many = await engageMany(arena, count, options.sabotage ? LOSES_EVENTS["service-desk"] : {});
    const second = await system.another("telephony", many.settings);
    const byAddress = new Map([
      [portOf(system.environments.rpc.telephony), system.process("telephony")],
      [portOf(second.rpc), second.process],
    ]);
    await using lease = await openLeaseReader(arena, `connector/${many.connectorId}`);
    const load = startCallLoadOn(
      arena,
      many.pbx,
      many.agents.map(({ extension }) => extension),
    );
    let [faults, late, recoveryMs] = [0, 0, 0];
    for (let round = 1; round <= rounds || load.offered() < calls; round++) {
      await delay(pauseMs);
      const owner = await lease.owner();
      const process = byAddress.get(portOf(owner));
      if (!process) throw new Error(`nobody serves at ${owner}`);
      const began = performance.now();
      await breakIt(process);
      while ((await lease.owner()) === owner && performance.now() - began < 2 * TAKEOVER_MS) await delay(50);
      const ms = Math.round(performance.now() - began);
      if (ms > TAKEOVER_MS) late += 1;
      recoveryMs = Math.max(recoveryMs, ms);
      options.print(`${name} ${round} of ${rounds}: taken over after ${ms} ms, ${load.offered()} calls`);
      await mend(process);
      faults += 1;
    }
    const result = await arena.judge(name, options, [load], faults);
    return { ...result, recoveryMs, stuck: result.stuck + late, met: result.met && late === 0 };
  };

export const telephonyKill = ownerFault({ name: "telephony-kill", break: (owner) => owner.kill(), mend: (owner) => owner.start() });

export const leaseFreeze = ownerFault({
  name: "lease-freeze",
  break: async (owner) => owner.freeze(),
  mend: async (owner) => {
    await delay(FROZEN_MS - TAKEOVER_MS);
    owner.thaw();
  },
});

export const portOf = (address: string) => address.slice(address.lastIndexOf(":") + 1);

/** Who owns a connection, as the database says it; empty while nobody does. */
export async function openLeaseReader({ system }: Arena, name: string): Promise<{ owner(): Promise<string> } & AsyncDisposable> {
  const connection = await mongoose.createConnection(system.engines().mongoUrl).asPromise();
  const { MONGO_DATABASE = "" } = system.environments.env.telephony;
  const leases = connection.useDb(MONGO_DATABASE).db?.collection<{ _id: string; owner: string; expiresAt: number }>("leases");
  return {
    owner: async () => (await leases?.findOne({ _id: `telephony/${name}` }))?.owner ?? "",
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
