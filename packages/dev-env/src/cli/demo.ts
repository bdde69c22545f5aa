// npm run demo [-- --json] [--seed N]: plays the main loop against a running `npm start`, or starts all by itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { remoteWorld } from "../demo/control-server.ts";
import { type DemoOptions, playDemo } from "../demo/demo.ts";
import { simulatedWorld } from "../demo/simulated-world.ts";
import { EXTENSIONS } from "../system/simulators.ts";
import { startSystem } from "../system/system.ts";
import { readRunFile, TENANTS } from "./run-file.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, seed: { type: "string", default: "1" }, batch: { type: "string" } },
});
const print = (line: string) => (values.json ? console.error(line) : console.log(line));
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed)) throw new Error("--seed takes a whole number");
const base = { tenants: TENANTS, extensions: EXTENSIONS, seed, print };

async function play(): Promise<boolean> {
  const running = readRunFile(process.env["TRUNKLINE_DATA"] ?? ".trunkline");
  if (running) {
    print(`playing against the running system at ${running.gatewayUrl}`);
    return report({ ...base, ...running, world: remoteWorld(running.worldUrl), batchSize: Number(values.batch ?? running.batchSize) });
  }
  const dataDir = mkdtempSync(join(tmpdir(), "trunkline-demo-"));
  try {
    await using system = await startSystem({ env: process.env, dataDir, tenants: TENANTS, onProgress: print });
    return await report({ ...base, ...system, world: simulatedWorld(system.simulators), batchSize: Number(values.batch ?? 1_000) });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function report(options: DemoOptions): Promise<boolean> {
  const result = await playDemo(options);
  if (values.json) console.log(JSON.stringify(result));
  else {
    for (const { tenant, figure, expected, reported, formulaId, equal } of result.figures)
      print(`${equal ? "  " : "!!"} ${tenant} ${figure.padEnd(24)} ${reported.padStart(14)}  (plan ${expected})  ${formulaId}`);
    print(result.ok ? "the demo went through" : "the demo FAILED");
  }
  return result.ok;
}

play().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    console.error(`trunkline: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
