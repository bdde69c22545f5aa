import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

function run(file: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../../../../${file}`, import.meta.url));
  const flags = ["--disable-warning=ExperimentalWarning", path];
  return spawnSync(process.execPath, [...flags, ...args], { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });
}

describe.each([
  ["start", "packages/dev-env/src/cli/start.ts"],
  ["ring", "packages/dev-env/src/cli/ring.ts"],
  ["demo", "packages/dev-env/src/cli/demo.ts"],
  ["bench", "bench/run.ts"],
  ["drill", "tests/drills/run.ts"],
])("npm run %s", (name, file) => {
  it("says how to call it, and does nothing, when asked or called otherwise", () => {
    const asked = run(file, "--help");
    expect([asked.status, asked.stderr]).toEqual([0, ""]);
    expect(asked.stdout).toMatch(name === "start" ? /^npm start/ : new RegExp(`^npm run ${name} -- `));
    const wrong = run(file, "--nonsense");
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toContain(asked.stdout.trim());
    expect(wrong.stderr).not.toContain("    at ");
  });
});

it("says that a number is wanted", () => {
  const wrong = run("packages/dev-env/src/cli/demo.ts", "--seed", "1.5");
  expect([wrong.status, wrong.stderr]).toEqual([2, 'trunkline: --seed takes a whole number, not "1.5"\n']);
});
