// npm test (all) and npm run check (fast): every gate in order, then one line with the totals. With --pbx calls go through a real Asterisk too.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EngineError, type Engines, startEngines } from "@trunkline/dev-env/engines";
import { findChromium } from "./browser/chromium.ts";
import { checkAgainstPbx } from "./pbx/run.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const fast = process.argv[2] === "fast";
const scratch = mkdtempSync(join(tmpdir(), "trunkline-test-"));
let passed = 0;
let failed = 0;

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], env: { ...process.env, ...env } });
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** A gate counts as one test. */
async function gate(name: string, command: string, ...args: string[]): Promise<void> {
  const started = performance.now();
  const ok = (await run(command, args)) === 0;
  if (ok) passed += 1;
  else failed += 1;
  console.error(`${ok ? "ok  " : "FAIL"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

async function jest(project: string, env: Record<string, string>, ...args: string[]): Promise<void> {
  const report = join(scratch, `${project}.json`);
  const node = process.execPath;
  const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", "node_modules/jest/bin/jest.js"];
  const code = await run(
    node,
    [...flags, "--selectProjects", project, "--json", "--outputFile", report, "--passWithNoTests", ...args],
    env,
  );
  try {
    const result = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numFailedTestSuites: number;
      numRuntimeErrorTestSuites: number;
    };
    passed += result.numPassedTests;
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    if (code !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) failed += 1;
  } catch {
    failed += 1;
  }
}

/** Kafka, MongoDB and Redis; undefined where they cannot be had: everything else needs Node alone. */
async function openEngines(stack: AsyncDisposableStack): Promise<Engines | undefined> {
  try {
    return stack.use(
      await startEngines({
        env: process.env,
        dataDir: join(scratch, "engines"),
        mongoBackend: "memory",
        onProgress: (line) => console.error(line),
      }),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    console.error(`skip integration tests and the stories on Kafka and MongoDB: ${error.message}`);
    return undefined;
  }
}

await Promise.all([
  gate("types", "tsc", "-p", "."),
  gate("types of the console", "tsc", "-p", "apps/console"),
  gate("lint, format, boundaries", "biome", "check", ".", "--error-on-warnings"),
  gate("no dependency, file or export without a user", "knip", "--no-progress"),
  jest("unit", {}, "--maxWorkers=100%"),
]);
if (!fast) await gate("generated code is what the contracts give", process.execPath, "tests/generated.ts");
if (!fast && failed === 0) {
  await using stack = new AsyncDisposableStack();
  const engines = await openEngines(stack);
  const env = engines ? { KAFKA_BROKERS: engines.kafkaBrokers, MONGO_URL: engines.mongoUrl, REDIS_URL: engines.redisUrl } : {};
  if (engines) await jest("int", env, "--maxWorkers=2");
  await jest("story", env, "--runInBand");
  if (findChromium()) await jest("browser", env, "--runInBand");
  else
    console.error("skip browser tests: no Chromium was found; install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH");
}
if (process.argv.includes("--pbx")) {
  const result = await checkAgainstPbx(process.env);
  passed += result?.passed ?? 0;
  // Asked for, and not run: that is no pass.
  failed += result?.failed ?? 1;
} else if (!fast) console.error("skip calls through a real Asterisk: npm test -- --pbx runs them where one is named (docs/asterisk.md)");
rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
