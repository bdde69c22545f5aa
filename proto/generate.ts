// Generated code is committed; tests/generated.ts fails when it is not what the contracts give.
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import "./print-validate.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const made = fileURLToPath(new URL("../packages/proto/", import.meta.url));
const run = (...args: string[]) => execFileSync("buf", args, { cwd: here, stdio: "inherit" });

run("lint");
run("format", "-w", "--path", "trunkline");
run("generate", "--path", "trunkline", "--path", "google");

// What is imported as @trunkline/proto/<service>: all of its files.
for (const service of readdirSync(`${made}gen/trunkline`).filter((name) => name !== "options")) {
  const files = readdirSync(`${made}gen/trunkline/${service}/v1`).filter((name) => name.endsWith("_pb.js"));
  const lines = files.sort().map((file) => `export * from "../gen/trunkline/${service}/v1/${file}";\n`);
  writeFileSync(`${made}src/${service.replaceAll("_", "-")}.ts`, lines.join(""));
}
