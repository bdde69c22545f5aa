// npm run ring: a customer rings at the running `npm start`, and this terminal is their telephone
// and the agent's. With --routed QUEUE the call comes to the exchange where Trunkline chooses whose phone rings: hold, recordings, listening in
// and calls out work there.
import { createInterface } from "node:readline";
import { remoteWorld } from "../demo/control-server.ts";
import type { WorldCall } from "../demo/world.ts";
import { commandLine, START_FOLDER } from "./command-line.ts";
import { readRunFile, TENANTS } from "./run-file.ts";

const USAGE = "npm run ring -- [extension] [--from NUMBER] [--tenant NAME] [--routed QUEUE]";
const { values, positionals } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    from: { type: "string", default: "13900001000" },
    tenant: { type: "string", default: TENANTS[0] },
    routed: { type: "string" },
  },
});
const [extension = "1001"] = positionals;
const print = (line: string) => console.log(line);

const HELP = `A letter, then Enter:
  a [extension]  the agent answers (${values.routed === undefined ? extension : "whoever's phone rings"})
  h / u          the agent holds, takes the caller back
  t extension    the agent hands the call on (not with --routed: use the console)
  x              the agent hangs up
  q              the caller hangs up, and this ends`;

/** @returns whether the call goes on */
async function obey(call: WorldCall, line: string): Promise<boolean> {
  const [verb = "", argument = ""] = line.trim().split(/\s+/);
  if (verb === "a") await call.answer(argument || (values.routed === undefined ? extension : ""));
  else if (verb === "h") await call.hold();
  else if (verb === "u") await call.unhold();
  else if (verb === "t" && argument !== "") await call.transfer(argument);
  else if (verb === "x") await call.hangUp("agent");
  else if (verb === "q") await call.hangUp("caller");
  else if (verb !== "") print(HELP);
  return verb !== "q";
}

async function main(): Promise<void> {
  const running = readRunFile(START_FOLDER);
  if (!running) throw new Error("nothing runs here: start it with npm start, and name its folder in TRUNKLINE_DATA if it has another one");
  const world = remoteWorld(running.worldUrl);
  const { from, tenant, routed } = values;
  const call = await (routed === undefined ? world.placeCall(tenant, from) : world.placeRoutedCall(tenant, from, routed));
  if (routed === undefined) {
    await call.ring(extension);
    print(
      `${from} rings at extension ${extension} of ${tenant}. Whoever is logged in as agent${extension} at ${running.gatewayUrl} sees who it is.`,
    );
  } else
    print(`${from} waits in the queue ${routed} of ${tenant}. The agent whom Trunkline chooses sees who it is; somebody has to be ready`);
  print(HELP);
  for await (const line of createInterface({ input: process.stdin })) {
    const goesOn = await obey(call, line).catch((error: unknown) => {
      print(`  ${error instanceof Error ? error.message : String(error)}`);
      return true;
    });
    if (!goesOn) return;
  }
  await call.hangUp("caller").catch(() => undefined);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`trunkline: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
