// The first file that runs, on whatever Node the machine has and before anything is installed: plain JavaScript for
// Node 18 and newer. It installs what is missing and hands over to the Node that the project pins.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const TASKS = {
  // It only waits and plays: memory matters more than speed.
  start: ["--optimize-for-size", "packages/dev-env/src/cli/start.ts"],
  demo: ["packages/dev-env/src/cli/demo.ts"],
  ring: ["packages/dev-env/src/cli/ring.ts"],
  test: ["tests/run.ts", "all"],
  check: ["tests/run.ts", "fast"],
  generate: ["proto/generate.ts"],
  bench: ["bench/run.ts"],
  drill: ["tests/drills/run.ts"],
  dlq: ["packages/dev-env/src/cli/dlq.ts"],
  backup: ["packages/dev-env/src/cli/backup.ts"],
  restore: ["packages/dev-env/src/cli/backup.ts"],
  move: ["packages/dev-env/src/cli/move.ts"],
};

const node = `${root}node_modules/.bin/node`;
const onOurNode = { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH ?? ""}` };

function fail(message) {
  console.error(`trunkline: ${message}`);
  process.exit(1);
}

const [task, ...args] = process.argv.slice(2);
if (Number(process.versions.node.split(".")[0]) < 18)
  fail(`Node ${process.versions.node} is too old to start with; install Node 18 or newer`);
if (!Object.hasOwn(TASKS, task ?? "")) fail(`there is no task "${task}"; known are ${Object.keys(TASKS).join(", ")}`);

function npmInstall(npm, itself, env) {
  // npm install, not npm ci: some registries serve platform packages later than the package that wants them.
  const done = spawnSync(npm, [...itself, "install", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"], {
    cwd: root,
    env,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (done.error) fail(`npm could not be started (${done.error.message}); install npm and try again`);
  if (done.status !== 0) fail("npm install failed; its message stands above. Without a network, set up a registry mirror with npm config");
}

// When the lock file is not the one that was installed last.
const lock = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .digest("hex");
const mark = `${root}node_modules/.trunkline-installed`;
const isInstalled = existsSync(mark) && readFileSync(mark, "utf8") === lock;
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
if (!isInstalled) {
  console.error("trunkline: installing packages (about a minute the first time)");
  npmInstall(npm, [], process.env);
}
const probe = spawnSync(node, ["--version"], { encoding: "utf8" });
if (probe.status !== 0) {
  const missing = /libatomic/.test(probe.stderr ?? "")
    ? "libatomic.so.1 is missing; on Debian: apt-get install libatomic1"
    : (probe.stderr || probe.error?.message || "").trim();
  fail(`the pinned Node does not start on this machine: ${missing}`);
}
if (!isInstalled) {
  // npm leaves out packages with native parts that do not want the Node that it runs on: once more, on ours.
  const itself = process.env.npm_execpath;
  if (itself) npmInstall(node, [itself], onOurNode);
  else npmInstall(npm, [], onOurNode);
  writeFileSync(mark, lock);
}
const child = spawn(
  node,
  ["--disable-warning=ExperimentalWarning", ...TASKS[task].map((part) => (part.endsWith(".ts") ? root + part : part)), ...args],
  {
    cwd: root,
    stdio: "inherit",
    env: onOurNode,
  },
);
// The child gets Ctrl-C itself; we wait for its clean stop. Only what is sent to us alone is passed on.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
