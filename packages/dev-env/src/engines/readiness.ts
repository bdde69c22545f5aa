import { setTimeout as sleep } from "node:timers/promises";
import { type GuardedProcess, logTail } from "./guarded-process.ts";
import { EngineError } from "./types.ts";

const EVERY_MS = 50;
/** A cold machine under load has been seen to need ten seconds for Kafka. */
const DEADLINE_MS = 60_000;

/** One real request to the server; rejects while it is not ready. Has a deadline of its own. */
export type Probe = () => Promise<void>;

/** What is to be known of a process, or a container, while one waits for its answer. */
export type Watched = Pick<GuardedProcess, "logFile" | "logStart" | "exited" | "isAlive">;

interface Waiting {
  /** What shall answer. */
  readonly child?: Watched;
  readonly deadlineMs?: number;
}

/**
 * Asks until the server answers. A child that died ends the wait at once: without that look, a stranger on the same
 * port would pass for it.
 */
export async function waitUntilReady(what: string, probe: Probe, { child, deadlineMs = DEADLINE_MS }: Waiting = {}) {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  while (performance.now() < end) {
    if (child && !child.isAlive()) throw await diedEarly(what, child);
    try {
      await probe();
      if (!child || child.isAlive()) return;
    } catch (error) {
      last = error;
    }
    await sleep(EVERY_MS);
  }
  const reason = last instanceof Error ? last.message.split("\n")[0] : String(last);
  const see = child ? `; see ${child.logFile}` : "; start it there, or correct the address, or leave it unset";
  throw new EngineError(`${what} did not answer within ${deadlineMs / 1000} s (${reason})${see}`);
}

/** What a log line means, and what to do about it. */
const KNOWN: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/Address already in use|Failed to bind|bind: .*in use/i, () => "its port was taken meanwhile; start again"],
  [/No space left on device/i, () => "the disk is full; free some space"],
  [
    /loading shared libraries: (\S+?):/,
    ([, library]) => `${library} is missing; install it (Debian: libssl3), or install redis-server, or set REDIS_URL`,
  ],
  [
    /no compiler found|Module jdk\.compiler not found|release version \d+ not supported/i,
    () => "this Java has no compiler; install a JDK 17 or newer (not only the runtime)",
  ],
  [/file is locked|lock file|Failed to acquire lock/i, () => "its data folder is used by another process; stop that one"],
  [/OutOfMemoryError|Cannot allocate memory/i, () => "there is not enough memory; close other programs"],
];

/** Why it ended, from what it wrote last. */
export async function diedEarly(what: string, child: Watched): Promise<EngineError> {
  const tail = await logTail(child);
  for (const [pattern, explain] of KNOWN) {
    const match = pattern.exec(tail);
    if (match) return new EngineError(`${what} did not start: ${explain(match)} (log: ${child.logFile})`);
  }
  const lastLine = tail.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  return new EngineError(`${what} ended with ${await child.exited}: ${lastLine} (log: ${child.logFile})`);
}

/** True when another process took the port between probing it and binding it: worth another try with a new one. */
export function lostItsPort(error: unknown): boolean {
  return error instanceof EngineError && error.message.includes("port was taken meanwhile");
}
