import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { eventually, listens, localOnly, scratchFolder } from "./testing.ts";

const CLI = fileURLToPath(new URL("./cli.ts", import.meta.url));

/** Starts the command as a person would, and gives the addresses that it prints. */
async function startCommand(dataDir: string): Promise<{ parent: ChildProcess; addresses: string[] }> {
  const parent = spawn(process.execPath, [CLI, "--memory", "--data", dataDir], {
    env: localOnly(process.env) as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const addresses: string[] = [];
  if (!parent.stdout) throw new Error("no output to read");
  for await (const line of createInterface(parent.stdout)) {
    addresses.push(line.replace(/^[A-Z_]+=/, ""));
    if (addresses.length === 3) break;
  }
  return { parent, addresses };
}

async function allGone(addresses: readonly string[]): Promise<boolean> {
  return (await Promise.all(addresses.map(listens))).every((up) => !up);
}

describe("the engines of a process", () => {
  it("end when it is killed without warning", async () => {
    await using folder = await scratchFolder();
    const { parent, addresses } = await startCommand(folder.path);
    expect(await Promise.all(addresses.map(listens))).toEqual([true, true, true]);
    parent.kill("SIGKILL");
    await eventually("no engine listens any more", () => allGone(addresses));
  }, 120_000);

  it.each(["SIGTERM", "SIGINT"] as const)(
    "end when it is told to by %s",
    async (signal) => {
      await using folder = await scratchFolder();
      const { parent, addresses } = await startCommand(folder.path);
      parent.kill(signal);
      const [code] = await once(parent, "exit");
      expect(code).toBe(0);
      expect(await allGone(addresses)).toBe(true);
    },
    120_000,
  );

  it("end when its input ends", async () => {
    await using folder = await scratchFolder();
    const { parent, addresses } = await startCommand(folder.path);
    parent.stdin?.end();
    await once(parent, "exit");
    expect(await allGone(addresses)).toBe(true);
  }, 120_000);
});
