import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { spawnGuarded, stopProcess } from "./guarded-process.ts";
import { waitUntilReady } from "./readiness.ts";
import { eventually, scratchFolder } from "./testing.ts";

const never = () => Promise.reject(new Error("connection refused"));

/** What a person reads when an engine's process prints `lines` and ends. */
async function reasonFor(lines: string): Promise<string> {
  await using folder = await scratchFolder();
  const logFile = join(folder.path, "log");
  const args = ["-c", 'printf "%s\\n" "$1" >&2; exit 3', "sh", lines];
  const child = spawnGuarded({ command: "sh", args, cwd: folder.path, env: process.env, logFile });
  const reason = await waitUntilReady("Redis", never, { child }).catch((error: Error) => error.message);
  return String(reason).replace(logFile, "LOG");
}

describe("a process that does not become an engine", () => {
  it.each([
    ["Exception: java.net.BindException: Address already in use", "its port was taken meanwhile; start again"],
    ["write: No space left on device", "the disk is full; free some space"],
    ["x: error while loading shared libraries: libssl.so.3: cannot open", "libssl.so.3 is missing; install it"],
    ["error: no compiler found", "this Java has no compiler; install a JDK 17 or newer"],
    ["MVStoreException: The file is locked: store.mv", "its data folder is used by another process"],
    ["Caused by: java.lang.OutOfMemoryError: Java heap space", "there is not enough memory"],
  ])("is explained: %s", async (log, reason) => {
    expect(await reasonFor(`starting up\n${log}\nand more`)).toContain(`Redis did not start: ${reason}`);
  });

  it("is quoted when nobody knows what it means", async () => {
    expect(await reasonFor("one\nsomething new")).toBe("Redis ended with exit code 3: something new (log: LOG)");
  });

  it("is judged by its own part of the log only", async () => {
    await using folder = await scratchFolder();
    const line = { cwd: folder.path, env: process.env, logFile: join(folder.path, "log") };
    const first = spawnGuarded({ ...line, command: "sh", args: ["-c", "echo No space left on device"] });
    await first.exited;
    const second = spawnGuarded({ ...line, command: "sh", args: ["-c", "echo another reason; exit 1"] });
    await expect(waitUntilReady("Redis", never, { child: second })).rejects.toThrow("another reason");
  });

  it("cannot pass for ready because a stranger answers on its port", async () => {
    await using folder = await scratchFolder();
    const line = { cwd: folder.path, env: process.env, logFile: join(folder.path, "log") };
    const child = spawnGuarded({ ...line, command: "sh", args: ["-c", "exit 1"] });
    await child.exited;
    await expect(waitUntilReady("Redis", async () => {}, { child })).rejects.toThrow("exit code 1");
  });

  it("says so when its program does not exist", async () => {
    await using folder = await scratchFolder();
    const line = { cwd: folder.path, env: process.env, logFile: join(folder.path, "log") };
    const child = spawnGuarded({ ...line, command: "no-such-program", args: [] });
    await expect(waitUntilReady("Redis", never, { child })).rejects.toThrow(/no-such-program.*not found/);
  });
});

describe("a guarded process", () => {
  it("is killed when it does not end in time, and also when it is frozen", async () => {
    await using folder = await scratchFolder();
    const line = { cwd: folder.path, env: process.env, logFile: join(folder.path, "log") };
    const ignoring = "trap '' TERM; : > ready; while :; do sleep 1; done";
    const deaf = spawnGuarded({ ...line, command: "sh", args: ["-c", ignoring] });
    await eventually("it ignores signals", async () => (await readdir(folder.path)).includes("ready"));
    await stopProcess(deaf, 100);
    expect(await deaf.exited).toBe("SIGKILL");
    const frozen = spawnGuarded({ ...line, command: "sleep", args: ["60"] });
    frozen.signal("SIGSTOP");
    await stopProcess(frozen, 5_000);
    expect(await frozen.exited).toBe("SIGTERM");
  });

  it("is given a deadline to answer", async () => {
    await using folder = await scratchFolder();
    const line = { cwd: folder.path, env: process.env, logFile: join(folder.path, "log") };
    const silent = spawnGuarded({ ...line, command: "sleep", args: ["60"] });
    const wait = waitUntilReady("Redis", never, { child: silent, deadlineMs: 120 });
    await expect(wait).rejects.toThrow("Redis did not answer within 0.12 s (connection refused); see");
    await stopProcess(silent, 0);
  });
});
