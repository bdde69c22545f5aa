import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openArchive } from "./archive.ts";

const FIRST = Date.parse("2026-11-29T23:59:00Z");

describe("an archive", () => {
  let folder = "";
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "trunkline-archive-")), "telephony");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));
  const files = async () => (await readdir(folder)).sort();
  const read = async (file: string) => gunzipSync(await readFile(join(folder, file))).toString();

  it("is JSON lines that gunzip reads, a file for each collection and day, for its owner's eyes only", async () => {
    let now = FIRST;
    const archive = await openArchive(folder, () => now);
    await archive("calls", [{ _id: "t1/a", note: "多行\n" }, { _id: "t1/b" }]);
    await archive("calls", [{ _id: "t1/c" }]);
    await archive("requests", [{ _id: "t1/r" }]);
    now += 120_000;
    await archive("calls", [{ _id: "t1/d" }]);
    const names = await files();
    expect(names.map((name) => name.replace(/-[0-9a-f-]{36}\.jsonl\.gz$/, ""))).toEqual([
      "calls-2026-11-29",
      "calls-2026-11-30",
      "requests-2026-11-29",
    ]);
    expect(await read(names[0] ?? "")).toBe('{"_id":"t1/a","note":"多行\\n"}\n{"_id":"t1/b"}\n{"_id":"t1/c"}\n');
    expect(await read(names[1] ?? "")).toBe('{"_id":"t1/d"}\n');
    expect((await stat(join(folder, names[0] ?? ""))).mode & 0o777).toBe(0o600);
  });

  it("is never continued behind what a crash has torn: a new process begins a file of its own", async () => {
    await (await openArchive(folder, () => FIRST))("calls", [{ _id: "t1/a" }]);
    const [torn = ""] = await files();
    await appendFile(join(folder, torn), Buffer.from([0x1f, 0x8b, 0x08, 0x00]));
    await (await openArchive(folder, () => FIRST + 1))("calls", [{ _id: "t1/b" }]);
    const fresh = (await files()).filter((name) => name !== torn);
    expect(fresh).toHaveLength(1);
    expect(await read(fresh[0] ?? "")).toBe('{"_id":"t1/b"}\n');
  });

  it("refuses at the start a folder that cannot be made", async () => {
    await writeFile(join(folder, "..", "file"), "");
    await expect(openArchive(join(folder, "..", "file", "telephony"), () => FIRST)).rejects.toThrow();
  });
});
