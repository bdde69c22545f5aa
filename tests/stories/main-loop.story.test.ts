import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { FAMILIES_HERE } from "./system.ts";

const run = promisify(execFile);

/** The same command that a newcomer types, with small batches: on embedded engines, and as processes on those of the test run. */
describe.each(FAMILIES_HERE)("npm run demo -- --engines %s", (family) => {
  it("goes through from the ring to the report, and every figure equals the plan", async () => {
    const { stdout } = await run(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        "packages/dev-env/src/cli/demo.ts",
        "--json",
        "--seed",
        "3",
        "--batch",
        "100",
        "--engines",
        family,
      ],
      {
        env: { ...process.env, NODE_OPTIONS: "" },
        maxBuffer: 32 * 1024 * 1024,
        timeout: 280_000,
      },
    ).catch((error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout || String(error.stderr) }));
    const result = JSON.parse(stdout) as {
      ok: boolean;
      steps: { name: string; ok: boolean; note: string }[];
      figures: { equal: boolean }[];
    };
    expect(result.steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(result.steps).toHaveLength(13);
    expect(result.figures.length).toBeGreaterThan(40);
    expect(result.ok).toBe(true);
  }, 300_000);
});
