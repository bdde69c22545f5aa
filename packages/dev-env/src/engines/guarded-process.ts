import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { EngineError, type Env } from "./types.ts";

/**
 * The shell forks a guard and then becomes the engine, so the engine keeps the pid that Node knows. The guard waits for
 * the end of a pipe that only this process holds: it ends also on kill -9 of this process, and the guard then ends the
 * whole process group. The group's id stays taken as long as the guard lives, so it never hits a stranger.
 */
const GUARD = '(read -r _ <&3; kill -9 -$$) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

/** SIGKILL is refused only by a process stuck in the kernel. */
const KILL_DEADLINE_MS = 10_000;

export interface GuardedProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Length of the log when the process started: what follows is its own. */
  readonly logStart: number;
  /** Resolves, never rejects, with a short text such as "exit code 1". */
  readonly exited: Promise<string>;
  isAlive(): boolean;
  signal(signal: NodeJS.Signals): void;
}

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Env;
  /** Appended to; both output streams. */
  readonly logFile: string;
}

/** Starts a process that does not outlive this one, in its own session (a Ctrl-C in the terminal does not reach it). */
export function spawnGuarded(line: CommandLine): GuardedProcess {
  const log = openSync(line.logFile, "a");
  const logStart = fstatSync(log).size;
  let child: ChildProcess;
  try {
    child = spawn("/bin/sh", ["-c", GUARD, "sh", line.command, ...line.args], {
      cwd: line.cwd,
      env: line.env as NodeJS.ProcessEnv,
      detached: true,
      stdio: ["ignore", log, log, "pipe"],
    });
  } finally {
    closeSync(log);
  }
  return watch(child, line.logFile, logStart);
}

function watch(child: ChildProcess, logFile: string, logStart: number): GuardedProcess {
  const pid = child.pid ?? 0;
  const pipe = child.stdio[3];
  let alive = pid !== 0;
  const exited = new Promise<string>((resolve) => {
    const ended = (how: string) => {
      alive = false;
      if (pid !== 0) signalQuietly(-pid, "SIGKILL");
      pipe?.destroy();
      resolve(how);
    };
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
  });
  // A caller that forgets to dispose must still be able to end: the guard then cleans up.
  child.unref();
  pipe?.on("error", () => {});
  if (pipe && "unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  return {
    pid,
    logFile,
    logStart,
    exited,
    isAlive: () => alive,
    signal: (signal) => {
      if (alive) signalQuietly(pid, signal);
    },
  };
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, which is what the signal was for.
  }
}

/** Asks politely, waits `graceMs`, then kills; resolves when the process is gone. */
export async function stopProcess(child: GuardedProcess, graceMs: number): Promise<void> {
  if (!child.isAlive()) return;
  child.signal("SIGCONT");
  child.signal(graceMs > 0 ? "SIGTERM" : "SIGKILL");
  if (graceMs > 0 && (await endsWithin(child, graceMs))) return;
  child.signal("SIGKILL");
  if (!(await endsWithin(child, KILL_DEADLINE_MS))) throw new EngineError(`process ${child.pid} cannot be killed; see ps`);
}

/** Whether it ended in time. The timer also keeps this process up while it waits: the child itself does not. */
async function endsWithin(child: GuardedProcess, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const ended = await Promise.race([child.exited.then(() => true), late]);
  clearTimeout(timer);
  return ended;
}

/** The end of what a process wrote into its log, at most `bytes`, for an error message. */
export async function logTail({ logFile, logStart }: Pick<GuardedProcess, "logFile" | "logStart">, bytes = 8192): Promise<string> {
  const file = await open(logFile, "r").catch(() => undefined);
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const length = Math.max(0, Math.min(size - logStart, bytes));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
