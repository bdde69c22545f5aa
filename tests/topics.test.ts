import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { CONSUMERS, SERVICES } from "@trunkline/dev-env";

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

  it("is read by those services, and no other, that dev-env waits for and whose dead letters can be looked at", () => {
    const readers = SERVICES.filter((name) => /\bplatform\.consume\(/.test(readFileSync(`${ROOT}${name}/src/service.ts`, "utf8")));
    expect(readers.toSorted()).toEqual(CONSUMERS.toSorted());
  });
});
