import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EngineError } from "../engines/types.ts";
import type { ServiceName } from "./service-names.ts";
import type { WholeSettings } from "./whole.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** What lives briefly is put away often: that halves the memory of a process for a twentieth of its time. */
const FLAGS = ["--max-semi-space-size=3", "--disable-warning=ExperimentalWarning"];
/**
 * glibc keeps what a thread gives back, for that thread. Hashing a password takes 19 MiB in one piece: in a mapping of its own it goes back to the
 * machine, else every thread of the pool holds one for ever. Other C libraries do not read it.
 */
const MEMORY = { MALLOC_MMAP_THRESHOLD_: String(1024 * 1024) };
/** What ends meanwhile is told at once: this one is for a process that hangs, on however slow a machine. */
const READY_MS = 300_000;
const STOP_MS = 25_000;
const LAST_WORDS = 10_000;
/** Then the log becomes the older one, in the place of that before it. */
const MOST_LOG_BYTES = 64 * 1024 * 1024;

export type ServiceProcess = {
  /** Of the service, or of all of them. */
  readonly name: string;
  readonly pid: () => number | undefined;
  /** Of the process that ran last; undefined while it runs, and when a signal ended it. */
  readonly exitCode: () => number | undefined;
  /** Ends it without warning. */
  kill(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Stops it where it stands, as a machine without air does; thaw() lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Resolves when the process that runs now has ended. */
  died(): Promise<void>;
  /** From its next start on it has these settings besides. */
  set(more: Readonly<Record<string, string>>): void;
  /** Starts it again; resolves when it serves, and when that fails the process has ended. */
  start(): Promise<void>;
} & AsyncDisposable;

/** A service as a process of its own, as in production; its log goes to a file. It ends when we end. */
export function serviceProcess(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  logDir: string,
  called: string = name,
): ServiceProcess {
  let settings = env;
  return {
    ...childProcess(called, `services/${name}/src/main.ts`, logDir, () => settings),
    set: (more) => {
      settings = { ...settings, ...more };
    },
  };
}

/** All services as one process on embedded engines. What is set of one of them is that one's. */
export function wholeProcess(whole: WholeSettings, logDir: string): (name: ServiceName) => ServiceProcess {
  let services = whole.services;
  const child = childProcess("trunkline", "packages/dev-env/src/system/whole.ts", logDir, () => ({
    WHOLE: JSON.stringify({ ...whole, services }),
    OTEL_SERVICE_NAME: "trunkline",
  }));
  return (name) => ({
    ...child,
    set: (more) => {
      services = { ...services, [name]: { ...services[name], ...more } };
    },
  });
}

function childProcess(
  name: string,
  main: string,
  logDir: string,
  settings: () => Readonly<Record<string, string>>,
): Omit<ServiceProcess, "set"> {
  let child: ChildProcess | undefined;
  mkdirSync(logDir, { recursive: true });
  const logFile = `${logDir}/${name}.log`;
  const gone = async (process: ChildProcess) => {
    if (process.exitCode === null && process.signalCode === null) await once(process, "exit");
  };
  const start = async () => {
    const started = spawn(process.execPath, [...FLAGS, "--import", "@trunkline/telemetry/preload", main], {
      cwd: ROOT,
      env: { ...MEMORY, PATH: process.env["PATH"] ?? "", TRUNKLINE_PARENT: "stdin", ...settings() },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child = started;
    let said = "";
    started.stderr?.on("data", (more: Buffer) => {
      said = (said + more.toString()).slice(-LAST_WORDS);
      appendLog(logFile, more);
    });
    const ready = new Promise<void>((resolve, reject) => {
      createInterface({ input: started.stdout as NodeJS.ReadableStream }).once("line", () => resolve());
      started.once("exit", (code) =>
        reject(new EngineError(`${name} ended with code ${code} while starting: ${lastWords(said, logFile)}`)),
      );
      started.once("error", reject);
      setTimeout(() => reject(new EngineError(`${name} was not ready within ${READY_MS / 1000} s; see ${logFile}`)), READY_MS).unref();
    });
    try {
      await ready;
    } catch (error) {
      // What hangs would hold its ports and the folder, and who waits for its end to start it again would wait for ever.
      await kill();
      throw error;
    }
  };
  const kill = async (signal: "SIGKILL" | "SIGTERM" = "SIGKILL") => {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    running.kill(signal);
    const overdue = setTimeout(() => running.kill("SIGKILL"), STOP_MS);
    await gone(running);
    clearTimeout(overdue);
  };
  const died = async () => {
    if (child) await gone(child);
  };
  return {
    name,
    pid: () => child?.pid,
    exitCode: () => child?.exitCode ?? undefined,
    kill,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    died,
    start,
    [Symbol.asyncDispose]: async () => {
      child?.kill("SIGCONT");
      await kill("SIGTERM");
    },
  };
}

/** What cannot be written is lost: a full disk must neither end us nor hold up who logs, and once there is room the log goes on. */
function appendLog(file: string, said: Buffer): void {
  try {
    const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (size + said.length > MOST_LOG_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, said);
  } catch {}
}

/** @param said the end of what it logged; the whole is in the file */
function lastWords(said: string, logFile: string): string {
  const lines = said.trim().split("\n");
  const words = lines.flatMap((line) => /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? []).at(-1) ?? lines.at(-1);
  return `${words || "it said nothing"} (see ${logFile})`;
}
