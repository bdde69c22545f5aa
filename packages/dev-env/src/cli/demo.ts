// npm run demo: plays the main loop against a running `npm start`, or starts all by itself.
// With a real Asterisk: --pbx ami://user:secret@host:port --dial "command with {from} and {hold}"; its phone 1001 answers by
// itself after --answer-ms, calls go to queue "support".
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remoteWorld } from "../demo/control-server.ts";
import { type DemoOptions, playDemo } from "../demo/demo.ts";
import { externalWorld } from "../demo/external-world.ts";
import { simulatedWorld } from "../demo/simulated-world.ts";
import type { Connector } from "../system/environment.ts";
import { EXTENSIONS } from "../system/simulators.ts";
import { startSystem } from "../system/system.ts";
import { commandLine, familyNamed, START_FOLDER, wholeNumber } from "./command-line.ts";
import { readRunFile, TENANTS } from "./run-file.ts";

const USAGE =
  'npm run demo -- [--engines embedded|local|docker|any] [--json] [--seed N] [--batch N] [--pbx ami://user:secret@host:port --dial "COMMAND" [--answer-ms N]]';
const { values } = commandLine(USAGE, {
  options: {
    json: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    batch: { type: "string" },
    pbx: { type: "string" },
    engines: { type: "string" },
    dial: { type: "string" },
    "answer-ms": { type: "string", default: "1000" },
  },
});
const print = (line: string) => (values.json ? console.error(line) : console.log(line));
const seed = wholeNumber("seed", values.seed);
const batchSize = values.batch === undefined ? undefined : wholeNumber("batch", values.batch);
const family = familyNamed(values.engines);
const base = { tenants: TENANTS, extensions: EXTENSIONS, seed, print };

async function play(): Promise<boolean> {
  const running = values.pbx === undefined && values.engines === undefined ? readRunFile(START_FOLDER) : undefined;
  if (running) {
    print(`playing against the running system at ${running.gatewayUrl}`);
    return report({ ...base, ...running, world: remoteWorld(running.worldUrl), batchSize: batchSize ?? running.batchSize });
  }
  const dataDir = mkdtempSync(join(tmpdir(), "trunkline-demo-"));
  let ok = false;
  try {
    const connectors = values.pbx === undefined ? {} : { connectors: [connectorOf(values.pbx)] };
    await using system = await startSystem({ env: process.env, dataDir, tenants: TENANTS, onProgress: print, ...family, ...connectors });
    const world =
      values.pbx === undefined
        ? simulatedWorld(system.simulators)
        : externalWorld(values.dial ?? "", wholeNumber("answer-ms", values["answer-ms"]), system.simulators);
    ok = await report({ ...base, ...system, world, batchSize: batchSize ?? 1_000 });
    return ok;
  } finally {
    if (ok) rmSync(dataDir, { recursive: true, force: true });
    else print(`the logs of the services are in ${dataDir}/logs`);
  }
}

function connectorOf(address: string): Connector {
  const { protocol, hostname, port, username, password } = new URL(address);
  if (protocol !== "ami:" || !values.dial)
    throw new Error('--pbx takes ami://user:secret@host:port and wants --dial "command with {from} and {hold}"');
  return {
    id: "pbx-real",
    tenant: TENANTS[0],
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    secret: decodeURIComponent(password),
  };
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
