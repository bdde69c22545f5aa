import { spawn } from "node:child_process";
import type { Env } from "./types.ts";

/**
 * The guard waits at a pipe that only this process holds. A line in it revokes the will; its end without one, also by
 * kill -9 of this process, turns the guard into the command.
 */
const GUARD = 'read -r _ <&3 || exec "$@" 3<&-';

/** Has a command run when this process ends, whatever it dies of; gives the function that revokes it. */
export function lastWill(line: readonly string[], env: Env): () => void {
  const guard = spawn("/bin/sh", ["-c", GUARD, "sh", ...line], {
    // Not a folder that somebody may want to remove.
    cwd: "/",
    env: env as NodeJS.ProcessEnv,
    // A Ctrl-C in the terminal shall not reach it.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const pipe = guard.stdio[3];
  guard.on("error", () => {});
  pipe?.on("error", () => {});
  guard.unref();
  if (pipe && "unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  return () => {
    if (pipe && "end" in pipe) pipe.end("revoked\n");
  };
}
