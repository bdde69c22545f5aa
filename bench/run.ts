// What the product costs and carries, beside a limit and a peer.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { commandLine, misread } from "@trunkline/dev-env";
import { assign } from "./assign.ts";
import { embedded } from "./embedded.ts";
import { fanOut } from "./fan-out.ts";
import type { Result } from "./harness.ts";
import { hop } from "./hop.ts";
import { identify } from "./identify.ts";
import type { BenchOptions } from "./options.ts";
import { outbox } from "./outbox.ts";
import { pbxIntake } from "./pbx-intake.ts";
import { pop } from "./pop.ts";
import { records } from "./records.ts";
import { asText, record } from "./report.ts";

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Result>>> = {
  assign,
  embedded,
  "fan-out": fanOut,
  hop,
  identify,
  outbox,
  "pbx-intake": pbxIntake,
  pop,
  records,
};

const USAGE = `npm run bench -- <name> [--json] [--record] [--rounds N] [--slow 5ms] [--store memory] [--customers N] [--rate N] [--sockets N]
  [--app-queue tcp://USER:SECRET@HOST:PORT/QUEUE] [--against CHECKOUT] [--profile FOLDER]
names: ${Object.keys(BENCHES).join(", ")}`;
const { values, positionals } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    rounds: { type: "string", default: "7" },
    slices: { type: "string", default: "8" },
    "slice-ms": { type: "string", default: "500" },
    slow: { type: "string", default: "0ms" },
    store: { type: "string", default: "mongo" },
    customers: { type: "string" },
    rate: { type: "string" },
    sockets: { type: "string" },
    "app-queue": { type: "string" },
    against: { type: "string" },
    profile: { type: "string" },
  },
});

function number(name: string, text: string): number {
  const value = Number(text.replace(/ms$/, ""));
  return Number.isFinite(value) && value >= 0 ? value : misread(`--${name} takes a number, not "${text}"`);
}

const bench = BENCHES[positionals[0] ?? ""] ?? misread(`name a bench: ${Object.keys(BENCHES).join(", ")}`);
if (values.store !== "mongo" && values.store !== "memory") misread("--store is mongo or memory");
if (values.profile !== undefined) process.env["TRUNKLINE_BENCH_PROFILE"] = resolve(values.profile);
const result = await bench({
  rounds: Math.max(5, number("rounds", values.rounds)),
  slices: number("slices", values.slices),
  sliceMs: number("slice-ms", values["slice-ms"]),
  slowMs: number("slow", values.slow),
  store: values.store,
  customers: values.customers === undefined ? undefined : number("customers", values.customers),
  sockets: values.sockets === undefined ? undefined : number("sockets", values.sockets),
  rate: values.rate === undefined ? undefined : number("rate", values.rate),
  appQueue: values["app-queue"],
  against: values.against === undefined ? undefined : pathToFileURL(resolve(values.against)).href,
  progress: (line) => console.error(line),
}).catch((error: unknown) => misread(error instanceof Error ? (error.stack ?? error.message) : String(error)));
console.log(values.json ? JSON.stringify(result) : asText(result));
if (values.record) await record(result);
process.exit(result.met ? 0 : 1);
