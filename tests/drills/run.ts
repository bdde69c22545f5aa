// npm run drill; `all` runs those that need no engine of their own choosing
import { commandLine, misread, wholeNumber } from "@trunkline/dev-env";
import { brokerKill, databaseKill } from "./engine-kill.ts";
import type { Drill } from "./harness.ts";
import { overload } from "./overload.ts";
import { leaseFreeze, telephonyKill } from "./owner-fault.ts";
import { ownerHistory } from "./owner-history.ts";
import { publishCrash } from "./publish-crash.ts";
import { record } from "./record.ts";
import { redisDown, redisFlush } from "./redis-fault.ts";
import { rollingStop } from "./rolling-stop.ts";
import { runAll } from "./run-all.ts";
import { serviceKill } from "./service-kill.ts";
import { socketsCut } from "./sockets-cut.ts";

const DRILLS: Readonly<Record<string, Drill>> = {
  "publish-crash": publishCrash,
  "broker-kill": brokerKill,
  "database-kill": databaseKill,
  "redis-flush": redisFlush,
  "redis-down": redisDown,
  "service-kill": serviceKill,
  "rolling-stop": rollingStop,
  overload,
  "sockets-cut": socketsCut,
  "telephony-kill": telephonyKill,
  "lease-freeze": leaseFreeze,
  "owner-history": ownerHistory,
};
const USAGE = `npm run drill -- <name> [--json] [--record] [--quick] [--seed N] [--sabotage] [--embedded]
names: all, ${Object.keys(DRILLS).join(", ")}`;
const { values, positionals } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    sabotage: { type: "boolean", default: false },
    embedded: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});
const seed = wholeNumber("seed", values.seed);
if (positionals[0] === "all") {
  const args = ["--seed", String(seed), ...(values.quick ? ["--quick"] : []), ...(values.sabotage ? ["--sabotage"] : [])];
  process.exit((await runAll(args)) ? 0 : 1);
}
const drill = DRILLS[positionals[0] ?? ""] ?? misread(`name a drill: all, ${Object.keys(DRILLS).join(", ")}`);
if (values.record && values.sabotage) misread("a sabotage is not recorded: it shows that a drill can fail");
const result = await drill({
  seed,
  quick: values.quick,
  sabotage: values.sabotage,
  family: values.embedded ? "embedded" : "any",
  print: (line) => console.error(line),
});
console.log(
  values.json
    ? JSON.stringify(result)
    : Object.entries(result)
        .map(([key, value]) => `${key}: ${value}`)
        .join("\n"),
);
if (values.record) await record(result, values.quick);
process.exit(result.met ? 0 : 1);
