import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { ADMIN_LOGIN, EXTENSIONS, logIn, type ServiceName, type System, seedDemo, startSystem, type Token } from "@trunkline/dev-env";
import type { Verdict } from "./checker.ts";
import type { Load } from "./load.ts";
import { type Log, logTo } from "./log.ts";

export type DrillOptions = {
  readonly seed: number;
  readonly quick: boolean;
  /** Which engines the drill has; any: its own Kafka, MongoDB and Redis. */
  readonly family: "embedded" | "any";
  readonly sabotage: boolean;
  readonly print: (line: string) => void;
};
export type DrillResult = {
  name: string;
  seed: number;
  offered: number;
  acknowledged: number;
  kills: number;
  freezes?: number;
  answered?: number;
  /** The longest time until all was as before, after a fault was over. */
  recoveryMs?: number;
  slowestStopMs?: number;
  /** Under three times the load that was carried before, as a part of what was done then: calls shown in time, and calls over. */
  goodput?: number;
  /** Afterwards, as a part of what was done before. */
  recovered?: number;
  /** Most memory of the process that was overloaded. */
  mostMiB?: number;
  /** Calls that were answered with an error or not at all. */
  failed?: number;
  lost: number;
  doubled: number;
  outOfOrder?: number;
  stuck: number;
  met: boolean;
};
export type Drill = (options: DrillOptions) => Promise<DrillResult>;

export type Arena = {
  readonly system: System;
  readonly tenant: string;
  readonly token: Token;
  readonly employeeId: string;
  readonly segmentId: string;
  readonly log: Log;
  /** Starts services again with these settings: what must not be there while the arena is filled. */
  arm(settings: Partial<Record<ServiceName, Readonly<Record<string, string>>>>): Promise<void>;
  /** Waits for the end of the loads and of everything they set off, then lets the checker judge. */
  judge(name: string, options: DrillOptions, loads: readonly Load[], kills: number): Promise<DrillResult>;
} & AsyncDisposable;

const TENANT = "drill";
/** A database that is given (DRILL_MONGO_URL) may hold the last drill's data. */
const PREFIX = `drill${process.pid}.`;
/** Recipients of a drill's batch. */
export const SEGMENT_SIZE = 200;
/** The shortest lease of a submit, so that what a kill left in doubt is tried again soon. */
const EXTRA = { marketing: { SEND_LEASE_MS: "25000" } };
/** Sabotage: service-desk drops every second event and nothing brings it again. */
export const LOSES_EVENTS = { "service-desk": { FAILPOINTS: "relay.drop=on,sweeper.off=on" } };
/** In a full drill, what a fault left behind is done before the next one; a quick one does not wait for that. */
export const BETWEEN_FAULTS_MS = 16_000;
/** Longest time in which all must be quiet again after the last fault. */
const QUIET_MS = 120_000;
const run = promisify(execFile);

/**
 * A whole system on its own engines, filled like a demo's, with one queue whose ladder stays out of the way. A database may
 * be lent in DRILL_MONGO_URL, unless the drill is going to kill it.
 */
export async function openArena({ print, family }: DrillOptions, ownDatabase = false, batchSize = SEGMENT_SIZE): Promise<Arena> {
  await using opening = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "trunkline-drill-"));
  // To look at afterwards: the exchange's record and the services' logs.
  if (process.env["DRILL_KEEP"]) print(`the drill's folder stays: ${folder}`);
  else opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  // Engines of the drill's own, whatever the environment offers: they are going to be killed.
  const env = {
    ...process.env,
    KAFKA_BROKERS: undefined,
    MONGO_URL: ownDatabase ? undefined : process.env["DRILL_MONGO_URL"],
    REDIS_URL: undefined,
  };
  const system = opening.use(
    await startSystem({
      env,
      family,
      dataDir: folder,
      tenants: [TENANT],
      logLevel: "warn",
      prefix: PREFIX,
      onProgress: print,
      extra: EXTRA,
    }),
  );
  const demo = await seedDemo({ ...system, tenant: TENANT, index: 7, extensions: EXTENSIONS, batchSize });
  const { api, token, employeeId } = await logIn(system.gatewayUrl, TENANT, ADMIN_LOGIN, system.adminPassword);
  await system.drain();
  const ladder = [{ level: 1, limitMs: "86400000", ownerId: employeeId }];
  await api.call("service_desk.v1.RequestQueueService/PutRequestQueue", {
    queue: { queueId: "quiet", name: "quiet", ownerId: employeeId, calendarId: "always", ladder },
  });
  const file = join(folder, "log.jsonl");
  const log = logTo(file);
  const stack = opening.move();
  return {
    system,
    tenant: TENANT,
    token,
    employeeId,
    segmentId: demo.segmentId,
    log,
    async arm(settings) {
      const entries = Object.entries(settings) as [ServiceName, Readonly<Record<string, string>>][];
      for (const [name, more] of entries) system.process(name).set(more);
      const concerned = system.family.embedded ? system.processes : entries.map(([name]) => system.process(name));
      for (const process of concerned) {
        await process.kill("SIGTERM");
        await process.start();
      }
    },
    async judge(name, { seed }, loads, kills) {
      await finish(loads);
      const unquiet = await quiet(system, print);
      for (const { messageRef } of system.simulators.sms()) log({ kind: "sms", messageRef });
      const verdict = await check(system, file);
      for (const reason of verdict.reasons) print(reason);
      const sum = (what: (load: Load) => number) => loads.reduce((total, load) => total + what(load), 0);
      const [offered, acknowledged] = [sum((load) => load.offered()), sum((load) => load.acknowledged())];
      const { lost, doubled } = verdict;
      const stuck = verdict.stuck + unquiet;
      return {
        name,
        seed,
        offered,
        acknowledged,
        kills,
        lost,
        doubled,
        stuck,
        met: lost + doubled + stuck === 0 && acknowledged === offered,
      };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The checker is a process of its own: it sees nothing of the drill but the log, the databases and the topics. */
async function check({ family, environments }: System, log: string): Promise<Verdict> {
  const databases = Object.fromEntries(Object.entries(environments.env).map(([service, { MONGO_DATABASE }]) => [service, MONGO_DATABASE]));
  const job = { log, tenant: TENANT, settings: family.settings, prefix: PREFIX, databases };
  const args = ["--disable-warning=ExperimentalWarning", "tests/drills/checker.ts", JSON.stringify(job)];
  const { stdout } = await run(process.execPath, args, { timeout: 180_000, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as Verdict;
}

/** 0 when everything came to rest in time; else how many things still wait. */
async function quiet(system: System, print: (line: string) => void): Promise<number> {
  try {
    await system.drain(QUIET_MS);
    return 0;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    print(text);
    return text.split(",").length;
  }
}

/** Harmless where they have ended. */
async function finish(loads: readonly Load[]): Promise<void> {
  for (const load of loads) await load.finish();
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(20);
}
