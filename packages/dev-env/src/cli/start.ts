// npm start: every service, simulators and demo data; stays up until Ctrl-C, then no process of it remains. Everything is this one process and
// a folder, unless other engines are asked for.
import { rmSync } from "node:fs";
import { holdFolder } from "@trunkline/store";
import { buildConsole } from "../console/build-console.ts";
import { serveWorld } from "../demo/control-server.ts";
import { simulatedWorld } from "../demo/simulated-world.ts";
import { isFilled, PASSWORD, putOfficeHours, seedDemo } from "../seed/demo-data.ts";
import { EXCHANGE_QUEUE, ROUTED_QUEUE, seedFloor } from "../seed/demo-floor.ts";
import { seedRecords } from "../seed/demo-records.ts";
import { logIn } from "../system/api.ts";
import { FAMILIES } from "../system/family.ts";
import { keepAlive } from "../system/keep-alive.ts";
import { EXTENSIONS } from "../system/simulators.ts";
import { ADMIN_LOGIN, checkPorts, type System, startSystem } from "../system/system.ts";
import { commandLine, familyNamed, START_FOLDER, told } from "./command-line.ts";
import { RUN_FILE, TENANTS, writeRunFile } from "./run-file.ts";

const USAGE = `npm start -- [--engines ${FAMILIES.join("|")}]   (settings by environment: HTTP_PORT, DESKTOP_PORT, TRUNKLINE_DATA, SYNCHRONOUS; see README.md)`;
const { values } = commandLine(USAGE, { options: { engines: { type: "string" } } });
const family = familyNamed(values.engines);
const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`;
const progress = (line: string) => console.log(`${seconds()}  ${line}`);
/** Why it is being stopped, once it is. */
let stopped: string | undefined;
const BATCH_SIZE = Number(process.env["DEMO_BATCH"] ?? 1_000);

async function main(): Promise<void> {
  const stop = new Promise<string>((resolve) => {
    // Each may come twice: to the whole group, and handed on by who started us.
    process.on("SIGINT", () => resolve("Ctrl-C"));
    process.on("SIGTERM", () => resolve("SIGTERM"));
  });
  void stop.then((why) => {
    stopped = why;
  });
  const dataDir = START_FOLDER;
  // For as long as this process lives, also where the data are in other engines, and while the services' process is started again. The demo's data
  // and passwords are nobody else's on this machine: what lies in a folder that only its owner enters is shut, however it is made.
  using held = holdFolder(dataDir);
  const env = { HTTP_PORT: "8080", DESKTOP_PORT: "8081", ...process.env };
  await checkPorts(env);
  // Built first: it takes all cores for some seconds, and engines that start meanwhile would be late.
  await buildConsole(progress);
  await using system = await startSystem({ env, dataDir, tenants: TENANTS, onProgress: progress, ...family });
  await using world = await serveWorld(simulatedWorld(system.simulators));
  for (const index of TENANTS.keys()) await fill(system, index);
  const { gatewayUrl, desktopUrl, adminPassword } = system;
  writeRunFile(dataDir, {
    pid: process.pid,
    gatewayUrl,
    desktopUrl,
    adminPassword,
    worldUrl: world.url,
    mongoUrl: system.family.settings.MONGO_URL,
    dataDir: system.family.settings.DATA_DIR,
    batchSize: BATCH_SIZE,
  });
  held.tell(gatewayUrl);
  console.log(welcome(gatewayUrl, desktopUrl, adminPassword, Object.entries(system.environments.healthPort)));
  const keeper = keepAlive(system.processes, console.log);
  const why = await stop;
  keeper.stop();
  console.log(`\n${why}: stopping`);
  rmSync(RUN_FILE(dataDir), { force: true });
}

/** Demo data, where nobody works yet. */
async function fill({ gatewayUrl, adminPassword, simulators }: System, index: number): Promise<void> {
  const tenant = TENANTS[index] as string;
  const into = { gatewayUrl, adminPassword, tenant };
  if (await isFilled(into)) return progress(`${tenant}: as it was left`);
  progress(`demo data: filling ${tenant}`);
  const filled = await seedDemo({ ...into, index, extensions: EXTENSIONS, batchSize: index === 0 ? BATCH_SIZE : 0 });
  const logInAs = async (login: string) => (await logIn(gatewayUrl, tenant, login, PASSWORD)).api;
  if (index === 0) {
    await seedFloor(filled, simulatedWorld(simulators), EXTENSIONS, logInAs);
    await seedRecords(filled, await logInAs(`agent${EXTENSIONS[0]}`), await logInAs("supervisor"), Date.now());
  }
  await putOfficeHours(filled);
}

function welcome(gatewayUrl: string, desktopUrl: string, adminPassword: string, health: [string, number][]): string {
  const account = (login: string, password: string, what: string) => `  ${login.padEnd(24)} ${password.padEnd(20)} ${what}`;
  return `
Trunkline is up after ${seconds().trim()}.
  console                    ${gatewayUrl}
  JSON API and public pages  ${gatewayUrl}      POST /trunkline.<service>.v1.<Noun>Service/<Method>
  agent desktops             ${desktopUrl}      WebSocket
  metrics                    ${health.map(([name, port]) => `${name} :${port}/metrics`).join("  ")}
Log in as company ${TENANTS[0]} (or ${TENANTS[1]}):
${[
  account("agent1001 .. agent1006", PASSWORD, "the agent's desk: calls, the customer behind them, requests; leads, contacts, needs"),
  account("supervisor", PASSWORD, "the live board, calls and recordings, queues"),
  account(ADMIN_LOGIN, adminPassword, "employees and settings, own fields of records"),
  account("marketer", PASSWORD, "leads and needs; by the API: segments, templates, batches"),
  account("engineer2 .. engineer24", PASSWORD, "the own visits; what is done there by the API"),
].join("\n")}
Let somebody ring, in a second terminal:
  npm run ring                         a known customer rings in the queue ${EXCHANGE_QUEUE} at 1001; a answers, h holds, x hangs up
  npm run ring -- --routed ${ROUTED_QUEUE}      Trunkline chooses the agent; hold, recording, listening in and calls out work there
  npm run demo                         plays the main loop and checks every figure
Stop: Ctrl-C`;
}

await main().then(
  () => process.exit(0),
  (error: unknown) => {
    // What fails because everything is being stopped says nothing.
    if (stopped !== undefined) {
      console.log(`\n${stopped} during the start: stopped`);
      process.exit(0);
    }
    console.error(`trunkline: ${told(error)}`);
    process.exit(1);
  },
);
