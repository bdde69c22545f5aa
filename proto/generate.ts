// Generated code is committed; `--check` fails when it is not what the contracts give.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import "./print-validate.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const run = (...args: string[]) => execFileSync("buf", args, { cwd: here, stdio: "inherit" });

run("lint");
run("format", "-w", "--path", "trunkline");
run("generate", "--path", "trunkline", "--path", "google");
