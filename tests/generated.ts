// Generates into place and compares with what is committed: a contract and its code cannot drift apart.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

function fingerprint(folder: string): string {
  const files = readdirSync(`${ROOT}${folder}`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hash = createHash("sha256");
  for (const path of files.map((entry) => `${entry.parentPath}/${entry.name}`).sort()) hash.update(path).update(readFileSync(path));
  return hash.digest("hex");
}

const folders = ["packages/proto/gen", "packages/proto/src", "proto/trunkline"];
const before = folders.map(fingerprint).join();
execFileSync(process.execPath, ["proto/generate.ts"], { cwd: ROOT, stdio: "inherit" });
if (folders.map(fingerprint).join() !== before) {
  console.error("generated code was not up to date with the contracts: commit what `npm run generate` has just made");
  process.exitCode = 1;
}
