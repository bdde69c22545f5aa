import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A part of a bench in a process of its own: a server, or the client of one. */
export type Worker = {
  /** Asks the process for one of the things it offers; an answer takes at most two minutes. */
  ask<T>(what: string, ...args: readonly unknown[]): Promise<T>;
  /** CPU time of the process since it started, microseconds, user and system. */
  cpuUs(): Promise<number>;
} & AsyncDisposable;

export type WorkerOptions = {
  /** Telemetry as in production. */
  readonly telemetry?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

type Question = { readonly n: number; readonly what: string; readonly args: readonly unknown[] };
type Answer = { readonly n: number; readonly value?: unknown; readonly error?: string };
export type Offers = Readonly<Record<string, (...args: never[]) => unknown>>;

const ANSWER_MS = 120_000;

/** @param file the bench file, whose main part reads the role from its first argument */
export function startWorker(file: string, role: string, options: WorkerOptions = {}): Worker {
  const flags = ["--disable-warning=ExperimentalWarning", ...profiling(role)];
  const child = fork(fileURLToPath(file), [role], {
    // The packages that it preloads are those of its own checkout.
    cwd: fileURLToPath(new URL("../", file)),
    execArgv: [...flags, ...(options.telemetry ? ["--import", "@trunkline/telemetry/preload"] : [])],
    env: { PATH: process.env["PATH"] ?? "", ...options.env },
    serialization: "advanced",
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const ask = asker(child, `${role} of ${file.slice(file.lastIndexOf("/") + 1)}`);
  return {
    ask: ask as Worker["ask"],
    cpuUs: async () => (await ask("cpuUs")) as number,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        const overdue = setTimeout(() => child.kill("SIGKILL"), 10_000);
        child.once("exit", () => {
          clearTimeout(overdue);
          resolve();
        });
        child.disconnect();
      }),
  };
}

/** With --profile each process leaves a CPU profile (open it in any Chromium). */
function profiling(role: string): string[] {
  const folder = process.env["TRUNKLINE_BENCH_PROFILE"];
  if (folder === undefined) return [];
  return ["--cpu-prof", `--cpu-prof-dir=${folder}/${role.replaceAll(" ", "-")}`];
}

function asker(child: ChildProcess, who: string): (what: string, ...args: readonly unknown[]) => Promise<unknown> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  child.on("message", (message) => {
    const { n, value, error } = message as Answer;
    const question = waiting.get(n);
    waiting.delete(n);
    if (error === undefined) question?.resolve(value);
    else question?.reject(new Error(`${who}: ${error}`));
  });
  child.on("exit", (code, signal) => {
    for (const question of waiting.values()) question.reject(new Error(`${who} ended (${signal ?? code})`));
    waiting.clear();
  });
  return async (what, ...args) => {
    if (child.exitCode !== null || !child.connected) throw new Error(`${who} has ended`);
    const question = Promise.withResolvers<unknown>();
    const n = ++count;
    waiting.set(n, question);
    const overdue = setTimeout(() => question.reject(new Error(`${who} did not answer "${what}" in time`)), ANSWER_MS);
    child.send({ n, what, args } satisfies Question);
    return question.promise.finally(() => clearTimeout(overdue));
  };
}

/** CPU time of this process, microseconds, user and system. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The worker's side: answers questions until the bench is done with it. */
export function offer(offers: Offers, close: () => Promise<void> = async () => undefined): void {
  const all: Offers = { ...offers, cpuUs };
  process.on("message", async (message) => {
    const { n, what, args } = message as Question;
    try {
      const found = all[what];
      if (!found) throw new Error(`nothing here is called "${what}"`);
      process.send?.({ n, value: await found(...(args as never[])) } satisfies Answer);
    } catch (error) {
      process.send?.({ n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer);
    }
  });
  process.once("disconnect", () => void close().finally(() => process.exit(0)));
}

/** Microseconds of the machine's monotonic clock, which all processes share. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The operation with a delay planted before it; 0 leaves it as it is. */
export function slowed<A extends unknown[], R>(ms: number, operation: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  if (ms === 0) return operation;
  return async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return operation(...args);
  };
}
