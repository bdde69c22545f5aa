import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { backupFolder, restoreFolder } from "./backup.ts";
import { holdFolder } from "./folder.ts";

/** Counts up in one file and then in the other, for ever: in each instant they are equal or one apart. */
const WRITER = `
import { DatabaseSync } from "node:sqlite";
const [a, b] = ["a", "b"].map((name) => {
  const db = new DatabaseSync(process.argv[1] + "/" + name + ".db");
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000; CREATE TABLE n (n INTEGER); INSERT INTO n VALUES (0)");
  return db.prepare("UPDATE n SET n = n + 1");
});
process.stdout.write("ready");
for (;;) {
  for (let n = 0; n < 200; n++) { a.run(); b.run(); }
  // As a service does between two turns: who never lets go of a file is not waited for.
  await new Promise((resolve) => setTimeout(resolve));
}`;

const countIn = (file: string) => {
  using db = new DatabaseSync(file);
  return Number(db.prepare("SELECT n FROM n").get()?.["n"]);
};

/** A folder with one file that holds this number. */
const folderWith = (dir: string, n: number) => {
  mkdirSync(dir, { recursive: true });
  using db = new DatabaseSync(join(dir, "a.db"));
  db.exec(`PRAGMA journal_mode = WAL; CREATE TABLE n (n INTEGER); INSERT INTO n VALUES (${n})`);
};

describe("the folder of an embedded installation", () => {
  const root = mkdtempSync(join(tmpdir(), "trunkline-backup-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let dir: string;
  let n = 0;
  beforeEach(() => {
    n += 1;
    dir = join(root, `data-${n}`);
  });

  it("is one process's: a second one is refused with the address of the first, also after that one crashed and came back", () => {
    {
      using first = holdFolder(dir);
      first.tell("http://127.0.0.1:8080");
      expect(() => holdFolder(dir)).toThrow(new RegExp(`in use by process ${process.pid}: open http://127.0.0.1:8080`));
    }
    using _again = holdFolder(dir);
    expect(() => holdFolder(dir)).toThrow(/stop that process/);
  });

  it.each([
    ["missing", rmSync],
    ["empty", (file: string) => writeFileSync(file, "")],
  ])(
    "is refused when one of its files is %s, which would be made anew and noticed by nobody, until a backup is restored",
    async (_what, lose) => {
      folderWith(dir, 1);
      await backupFolder(dir, join(root, `whole-${n}`));
      const first = holdFolder(dir);
      writeFileSync(join(dir, "secrets.json"), "{}");
      first.tell("http://here");
      first[Symbol.dispose]();
      holdFolder(dir)[Symbol.dispose]();
      lose(join(dir, "a.db"));
      expect(() => holdFolder(dir)).toThrow(expect.objectContaining({ code: "data_missing", message: expect.stringContaining("a.db") }));
      restoreFolder(join(root, `whole-${n}`), dir);
      holdFolder(dir)[Symbol.dispose]();
      expect(countIn(join(dir, "a.db"))).toBe(1);
    },
  );

  it("is copied while it is written, all files as they stood in one instant, and put back", async () => {
    {
      using _made = holdFolder(dir);
    }
    writeFileSync(join(dir, "secrets.json"), "{}");
    const writer = spawn(process.execPath, ["--input-type=module", "--eval", WRITER, dir], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(writer, "exit");
    try {
      await once(writer.stdout, "data");
      for (let round = 1; round <= 5; round++) await backupFolder(dir, join(root, `copy-${round}`));
    } finally {
      writer.kill("SIGKILL");
    }
    await ended;
    const counts = [1, 2, 3, 4, 5].map((round) => ["a", "b"].map((name) => countIn(join(root, `copy-${round}`, `${name}.db`))));
    for (const [a = 0, b = 0] of counts) expect([0, 1]).toContain(a - b);
    expect(counts[4]?.[0]).toBeGreaterThan(counts[0]?.[0] ?? 0);
    expect(restoreFolder(join(root, "copy-3"), dir).toSorted()).toEqual(["a.db", "b.db"]);
    expect(["a", "b"].map((name) => countIn(join(dir, `${name}.db`)))).toEqual(counts[2]);
    expect(existsSync(join(root, "copy-3", "secrets.json"))).toBe(true);
  });

  it("is left alone when a backup is damaged, when it is none, and while it is used", async () => {
    {
      using _made = holdFolder(dir);
    }
    const db = new DatabaseSync(join(dir, "a.db"));
    db.exec("CREATE TABLE n (n INTEGER); INSERT INTO n VALUES (7)");
    db.close();
    const copy = join(root, "damaged");
    await backupFolder(dir, copy);
    const bytes = readFileSync(join(copy, "a.db"));
    writeFileSync(join(copy, "a.db"), Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 7)]));
    expect(() => restoreFolder(copy, dir)).toThrow(/a\.db is damaged: restore an older backup/);
    expect(() => restoreFolder(join(root, "nowhere"), dir)).toThrow(/no backup of Trunkline/);
    await expect(backupFolder(dir, copy)).rejects.toThrow(/exists already/);
    await expect(backupFolder(join(root, "nowhere"), join(root, "x"))).rejects.toThrow(/name the data folder/);
    rmSync(copy, { recursive: true });
    await backupFolder(dir, copy);
    using _held = holdFolder(dir);
    expect(() => restoreFolder(copy, dir)).toThrow(/in use by process/);
    expect(countIn(join(dir, "a.db"))).toBe(7);
  });

  it("is not restored from itself, by whatever name", () => {
    folderWith(dir, 7);
    symlinkSync(dir, `${dir}-link`);
    for (const from of [dir, `${dir}/`, `${dir}-link`]) expect(() => restoreFolder(from, dir)).toThrow(/name the folder of a backup/);
    expect(countIn(join(dir, "a.db"))).toBe(7);
  });

  it("keeps its data when a backup cannot be copied whole", () => {
    folderWith(dir, 7);
    const copy = `${dir}-copy`;
    folderWith(copy, 8);
    mkdirSync(join(copy, "secrets.json"));
    expect(() => restoreFolder(copy, dir)).toThrow();
    using _held = holdFolder(dir);
    expect(countIn(join(dir, "a.db"))).toBe(7);
    expect(existsSync(join(dir, "restoring"))).toBe(false);
  });

  it("is refused after a restore that was stopped between two files, until it is restored again", async () => {
    folderWith(dir, 7);
    const copy = `${dir}-copy`;
    await backupFolder(dir, copy);
    const obstacle = join(dir, "z.db");
    mkdirSync(obstacle);
    expect(() => restoreFolder(copy, dir)).toThrow();
    expect(() => holdFolder(dir)).toThrow(`restore again (npm run restore -- --from ${copy})`);
    rmdirSync(obstacle);
    folderWith(dir, 0);
    await expect(backupFolder(dir, `${copy}-2`)).rejects.toThrow(/restore again/);
    restoreFolder(copy, dir);
    using _held = holdFolder(dir);
    expect(countIn(join(dir, "a.db"))).toBe(7);
  });

  it("has a backup under its name only when that is whole: a torn one is refused, and cleared by the next", async () => {
    folderWith(dir, 7);
    const [copy, secrets] = [`${dir}-copy`, join(dir, "secrets.json")];
    mkdirSync(secrets);
    await expect(backupFolder(dir, `${copy}/`)).rejects.toThrow();
    expect([existsSync(copy), existsSync(`${copy}.part`)]).toEqual([false, false]);
    rmdirSync(secrets);
    // What a process leaves that is killed in the middle.
    folderWith(`${copy}.part`, 8);
    expect(() => restoreFolder(`${copy}.part/`, dir)).toThrow(/did not come to its end/);
    writeFileSync(join(`${copy}.part`, "old.db"), "");
    await backupFolder(dir, `${copy}/`);
    expect([readdirSync(copy), existsSync(`${copy}.part`)]).toEqual([["a.db"], false]);
    expect(statSync(copy).mode & 0o777).toBe(0o700);
    expect(countIn(join(dir, "a.db"))).toBe(7);
  });

  it("has a backup that is read without a file beside it, as a full or read-only medium wants, and says when one cannot be opened", async () => {
    folderWith(dir, 7);
    const copy = `${dir}-copy`;
    await backupFolder(dir, copy);
    {
      using db = new DatabaseSync(join(copy, "a.db"), { readOnly: true });
      db.prepare("SELECT n FROM n").get();
      expect(readdirSync(copy)).toEqual(["a.db"]);
    }
    symlinkSync("nowhere", join(copy, "b.db"));
    expect(() => restoreFolder(copy, dir)).toThrow(/b\.db cannot be opened: copy the backup/);
  });
});
