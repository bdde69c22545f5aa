import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";

const run = promisify(execFile);

type Result = { offered: number; acknowledged: number; kills: number; lost: number; doubled: number; stuck: number; met: boolean };
type Ended = { readonly result: Result; readonly told: string };

async function drill(name: string): Promise<Ended> {
  const args = ["--disable-warning=ExperimentalWarning", "tests/drills/run.ts", name, "--quick", "--json"];
  const options = { env: { ...process.env, NODE_OPTIONS: "" }, timeout: 280_000, maxBuffer: 16 * 1024 * 1024 };
  const ended = await run(process.execPath, args, options).catch((error: { stdout?: string; stderr?: string }) => ({
    stdout: error.stdout ?? "",
    stderr: error.stderr ?? "",
  }));
  if (ended.stdout === "") throw new Error(`the drill broke off:\n${ended.stderr.slice(-2_000)}`);
  return { result: JSON.parse(ended.stdout) as Result, told: ended.stderr };
}

/**
 * The drills in their quick form; `npm run drill -- <name>` runs them in full. Not database-kill: the local stand-in for MongoDB now and
 * then stops reading from its sockets after a kill, and nothing can be said of the product then.
 */
describe("nothing acknowledged is lost, nothing happens twice, nothing stays stuck", () => {
  it.each([
    "publish-crash",
    "broker-kill",
    "service-kill",
    "redis-flush",
    "redis-down",
    "sockets-cut",
    "telephony-kill",
    "lease-freeze",
    "owner-history",
  ])(
    "in %s",
    async (name) => {
      const { result, told } = await drill(name);
      if (!result.met) console.error(told);
      expect(result).toMatchObject({ lost: 0, doubled: 0, stuck: 0, acknowledged: result.offered, met: true });
      expect(result.kills).toBeGreaterThan(0);
    },
    300_000,
  );
});
