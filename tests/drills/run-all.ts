import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEngines } from "@trunkline/dev-env/engines";
import type { DrillResult } from "./harness.ts";

/**
 * Not database-kill: the local stand-in for MongoDB now and then stops reading from its sockets after a kill, and nothing can be said of the
 * product then. Nor overload and rolling-stop, which say nothing in their quick form.
 */
const TOGETHER = [
  "publish-crash",
  "broker-kill",
  "service-kill",
  "redis-flush",
  "redis-down",
  "sockets-cut",
  "telephony-kill",
  "lease-freeze",
  "owner-history",
  // All services as one process on embedded engines.
  "publish-crash --embedded",
  "service-kill --embedded",
];
/** Longer than the longest takes on a machine a few times as slow. */
const MOST_MS = 900_000;

/** Every drill in a process of its own, one after the other, on the same engines; then one line with the sums. @returns whether all were met */
export async function runAll(args: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-drills-"));
  let passed = 0;
  {
    await using engines = await startEngines({
      env: process.env,
      dataDir: join(folder, "engines"),
      mongoBackend: "memory",
      onProgress: (line) => console.error(line),
    });
    const env = { KAFKA_BROKERS: engines.kafkaBrokers, MONGO_URL: engines.mongoUrl, REDIS_URL: engines.redisUrl };
    for (const name of TOGETHER) {
      const since = performance.now();
      const result = await runOne(name, args, env);
      const met = result !== undefined && isMet(result);
      if (met) passed += 1;
      const took = `${((performance.now() - since) / 1000).toFixed(1)} s`;
      console.error(`${met ? "ok  " : "FAIL"} ${name} (${took}): ${result ? JSON.stringify(result) : "broke off"}`);
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  console.log(`${passed} passed, ${TOGETHER.length - passed} failed`);
  return passed === TOGETHER.length;
}

function isMet({ met, offered, acknowledged, kills, lost, doubled, stuck }: DrillResult): boolean {
  return met && acknowledged === offered && kills > 0 && lost === 0 && doubled === 0 && stuck === 0;
}

async function runOne(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<DrillResult | undefined> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "tests/drills/run.ts", ...name.split(" "), "--json", ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "", ...env },
    },
  );
  const overdue = setTimeout(() => child.kill("SIGKILL"), MOST_MS);
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  clearTimeout(overdue);
  try {
    return JSON.parse(text) as DrillResult;
  } catch {
    return undefined;
  }
}
