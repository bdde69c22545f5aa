import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const CONSOLE = join(ROOT, "apps/console");
const BUILT = join(CONSOLE, "dist/index.html");
/** What the built console is made of. */
const SOURCES = ["apps/console/src", "apps/console/public", "packages/desktop-client/src", "packages/proto/gen"];
const FILES = ["apps/console/index.html", "apps/console/vite.config.ts", "apps/console/package.json"];
const DEADLINE_MS = 120_000;

/**
 * Builds the console when it is missing or older than its sources.
 * @returns whether it was built
 * @throws Error with the builder's own words when it cannot be built
 */
export async function buildConsole(progress: (line: string) => void = () => undefined): Promise<boolean> {
  if (changedAt(BUILT) >= newest()) return false;
  const started = performance.now();
  progress("console: building");
  await vite();
  progress(`console: built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

function newest(): number {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return Math.max(...[...files, ...FILES.map((file) => join(ROOT, file))].map(changedAt));
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function vite(): Promise<void> {
  const bin = join(dirname(createRequire(join(CONSOLE, "package.json")).resolve("vite/package.json")), "bin/vite.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, "build", "--logLevel", "warn"], {
      cwd: CONSOLE,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: DEADLINE_MS,
      env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said = (said + String(data)).slice(-8_000)));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the console could not be built (npm run build -w apps/console):\n${said}`));
    });
  });
}
