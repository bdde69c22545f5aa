import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../services/", import.meta.url));
const DECLARED = /\btopic\(\s*"([a-z_.]+)",\s*(\w+)(?:,\s*(true|false))?\s*\)/g;

/** Every declaration of a topic in the services: whoever starts first creates it. */
function declarations(): { name: string; as: string; path: string }[] {
  const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name) && !entry.parentPath.includes("node_modules"))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  return files.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(DECLARED)].map(([, name = "", schema = "", compacted = "false"]) => {
      return { name, as: `${schema}, compacted: ${compacted}`, path: path.slice(ROOT.length) };
    }),
  );
}

describe("a topic", () => {
  it("is declared in the same way by its owner and by all who read it", () => {
    const all = declarations();
    expect(all.length).toBeGreaterThan(15);
    const conflicts = all.filter(({ name, as }) => all.some((other) => other.name === name && other.as !== as));
    expect(conflicts).toEqual([]);
  });
});
