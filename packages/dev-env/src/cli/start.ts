// npm start: engines, simulators, every service and demo data; stays up until Ctrl-C, then no process of it remains.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { buildConsole } from "../console/build-console.ts";
import { serveWorld } from "../demo/control-server.ts";
import { simulatedWorld } from "../demo/simulated-world.ts";
import { EngineError } from "../engines/types.ts";
import { PASSWORD, seedDemo } from "../seed/demo-data.ts";
import { EXTENSIONS } from "../system/simulators.ts";
import { ADMIN_LOGIN, startSystem } from "../system/system.ts";
import { RUN_FILE, TENANTS } from "./run-file.ts";

const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`;
const progress = (line: string) => console.log(`${seconds()}  ${line}`);
const BATCH_SIZE = Number(process.env["DEMO_BATCH"] ?? 1_000);

async function main(): Promise<void> {
  const stop = new Promise<string>((resolve) => {
    process.once("SIGINT", () => resolve("Ctrl-C"));
    process.once("SIGTERM", () => resolve("SIGTERM"));
  });
  const dataDir = process.env["TRUNKLINE_DATA"] ?? ".trunkline";
  mkdirSync(dataDir, { recursive: true });
  const env = { HTTP_PORT: "8080", DESKTOP_PORT: "8081", ...process.env };
  // Built first: it takes all cores for some seconds, and engines that start meanwhile would be late.
  await buildConsole(progress);
  await using system = await startSystem({ env, dataDir, tenants: TENANTS, onProgress: progress });
  await using world = await serveWorld(simulatedWorld(system.simulators));
  progress("demo data: filling two tenants");
  for (const [index, tenant] of TENANTS.entries()) {
    await seedDemo({
      gatewayUrl: system.gatewayUrl,
      adminPassword: system.adminPassword,
      tenant,
      index,
      extensions: EXTENSIONS,
      batchSize: index === 0 ? BATCH_SIZE : 0,
    });
    progress(`demo data: ${tenant} is ready`);
  }
  const { gatewayUrl, desktopUrl, adminPassword } = system;
  writeFileSync(
    RUN_FILE(dataDir),
    JSON.stringify({
      pid: process.pid,
      gatewayUrl,
      desktopUrl,
      adminPassword,
      worldUrl: world.url,
      mongoUrl: system.engines.mongoUrl,
      batchSize: BATCH_SIZE,
    }),
  );
  console.log(welcome(gatewayUrl, desktopUrl, adminPassword, Object.entries(system.environments.healthPort)));
  const why = await stop;
  console.log(`\n${why}: stopping`);
  rmSync(RUN_FILE(dataDir), { force: true });
}

function welcome(gatewayUrl: string, desktopUrl: string, adminPassword: string, health: [string, number][]): string {
  return `
Trunkline is up after ${seconds().trim()}.
  console                    ${gatewayUrl}      for agents and supervisors; tenant ${TENANTS[0]}
  JSON API and public pages  ${gatewayUrl}      POST /trunkline.<service>.v1.<Noun>Service/<Method>
  agent desktops             ${desktopUrl}      WebSocket
  metrics                    ${health.map(([name, port]) => `${name} :${port}/metrics`).join("  ")}
Tenants ${TENANTS.join(", ")}. Log-ins (console, SessionService/LogIn):
  ${ADMIN_LOGIN} / ${adminPassword}      supervisor, marketer, agent1001 ... agent1006, engineer2 ... engineer24 / ${PASSWORD}
Next: npm run demo      Stop: Ctrl-C`;
}

await main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`trunkline: ${error instanceof EngineError ? error.message : error instanceof Error ? error.stack : String(error)}`);
    process.exit(1);
  },
);
