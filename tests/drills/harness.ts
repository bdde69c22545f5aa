import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ADMIN_LOGIN, logIn, type ServiceName, type System, type SystemOptions, startSystem } from "@trunkline/dev-env";
import type { Verdict } from "./checker.ts";
import { type Load, startLoad } from "./load.ts";

export type DrillOptions = {
  readonly seed: number;
  readonly quick: boolean;
  readonly sabotage: boolean;
  readonly print: (line: string) => void;
};
export type DrillResult = {
  name: string;
  seed: number;
  offered: number;
  acknowledged: number;
  kills: number;
  lost: number;
  doubled: number;
  stuck: number;
  met: boolean;
};
export type Drill = (options: DrillOptions) => Promise<DrillResult>;

export type Arena = {
  readonly system: System;
  readonly tenant: string;
  readonly token: string;
  readonly employeeId: string;
  load(operations: number): Load;
  /** Waits for the end of the load and of everything it set off, then lets the checker judge. */
  judge(name: string, options: DrillOptions, load: Load, kills: number): Promise<DrillResult>;
} & AsyncDisposable;

const TENANT = "drill";
/** Longest time in which all must be quiet again after the last fault. */
const QUIET_MS = 30_000;
const run = promisify(execFile);

/** A whole system on its own engines, with one queue whose ladder stays out of the way. */
export async function openArena(
  { print }: DrillOptions,
  services: readonly ServiceName[],
  more: Partial<SystemOptions> = {},
): Promise<Arena> {
  await using opening = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "trunkline-drill-"));
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  // Engines of the drill's own, whatever the environment offers: they are going to be killed.
  const env = { ...process.env, KAFKA_BROKERS: undefined, MONGO_URL: process.env["DRILL_MONGO_URL"], REDIS_URL: undefined };
  const system = opening.use(
    await startSystem({ env, dataDir: folder, tenants: [TENANT], services, logLevel: "warn", onProgress: print, ...more }),
  );
  const { api, token, employeeId } = await logIn(system.gatewayUrl, TENANT, ADMIN_LOGIN, system.adminPassword);
  const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, spans: [{ from: "00:00", to: "24:00" }] }));
  await api.call("workforce.v1.CalendarService/PutCalendar", {
    calendar: { calendarId: "always", timeZone: "Asia/Shanghai", week, holidays: "none" },
  });
  await system.drain();
  const ladder = [{ level: 1, limitMs: "86400000", ownerId: employeeId }];
  await api.call("service_desk.v1.RequestQueueService/PutRequestQueue", {
    queue: { queueId: "quiet", name: "quiet", ownerId: employeeId, calendarId: "always", ladder },
  });
  const log = join(folder, "load.jsonl");
  const stack = opening.move();
  return {
    system,
    tenant: TENANT,
    token,
    employeeId,
    load: (operations) => startLoad(system, TENANT, token, employeeId, operations, log),
    async judge(name, { seed }, load, kills) {
      await load.done;
      const stuck = await quiet(system, print);
      const { env: environments } = system.environments;
      const job = {
        log,
        tenant: TENANT,
        kafkaBrokers: system.engines.kafkaBrokers,
        mongoUrl: system.engines.mongoUrl,
        prefix: "",
        databases: {
          desk: environments["service-desk"].MONGO_DATABASE,
          analytics: environments.analytics.MONGO_DATABASE,
          customer: environments.customer.MONGO_DATABASE,
        },
      };
      const { stdout } = await run(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", "tests/drills/checker.ts", JSON.stringify(job)],
        { timeout: 120_000, maxBuffer: 16 * 1024 * 1024 },
      );
      const verdict = JSON.parse(stdout) as Verdict;
      for (const reason of verdict.reasons) print(reason);
      const [offered, acknowledged] = [load.offered(), load.acknowledged()];
      return {
        name,
        seed,
        offered,
        acknowledged,
        kills,
        lost: verdict.lost,
        doubled: verdict.doubled,
        stuck,
        met: verdict.lost + verdict.doubled + stuck === 0 && acknowledged === offered,
      };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
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

/** Starts a service again whenever it has died, until stopped; counts its deaths. */
export function keepAlive(
  system: System,
  name: ServiceName,
  print: (line: string) => void,
): { readonly deaths: () => number; stop(): Promise<void> } {
  let deaths = 0;
  let stopped = false;
  const loop = async () => {
    while (!stopped) {
      await system.process(name).died();
      if (stopped) return;
      deaths += 1;
      const started = performance.now();
      await system
        .process(name)
        .start()
        .catch(() => undefined);
      print(`${name} died ${deaths} times; back after ${Math.round(performance.now() - started)} ms`);
    }
  };
  const running = loop();
  void running;
  return {
    deaths: () => deaths,
    stop: async () => {
      stopped = true;
    },
  };
}
