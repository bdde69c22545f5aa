import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "@jest/globals";
import { openDatabase } from "./database.ts";
import { sqliteTable } from "./table.ts";

const WRITER = fileURLToPath(new URL("killed-writer.test-support.ts", import.meta.url));

describe("a service's file", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-database-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const note = (n: number, text = "") => ({ _id: `t1/${n}`, tenant: "t1", n, text });
  const spec = { name: "notes", indexes: [{ tenant: 1, n: 1 } as const] };

  it("refuses what the disk has no room for, says what to do, keeps what it has, and goes on when there is room", () => {
    const db = openDatabase(join(folder, "full.db"), "normal");
    const notes = sqliteTable(db, spec);
    notes.put(undefined, note(1));
    db.get("PRAGMA max_page_count = 1");
    const large = note(2, "x".repeat(500_000));
    expect(() => notes.put(undefined, large)).toThrow(
      expect.objectContaining({
        kind: "unavailable",
        code: "database_unavailable",
        message: expect.stringMatching(/full\.db: the disk is full: make room/),
      }),
    );
    expect([notes.get("t1/1")?.doc, notes.get("t1/2")]).toEqual([note(1), undefined]);
    db.get("PRAGMA max_page_count = 100000");
    notes.put(undefined, large);
    expect(notes.get("t1/2")?.doc).toEqual(large);
    db.close();
  });

  it("is refused in one line when it is none", () => {
    const file = join(folder, "foreign.db");
    writeFileSync(file, "a letter, not a database ".repeat(400));
    expect(() => openDatabase(file, "normal")).toThrow(
      /foreign\.db: it is no database: is it another program's file\? Restore the last backup/,
    );
  });

  it.each(["normal", "full"] as const)(
    "has all that was acknowledged before its process was killed (synchronous %s)",
    async (synchronous) => {
      const file = join(folder, `killed-${synchronous}.db`);
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", WRITER, file, synchronous], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let acknowledged = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        if (acknowledged === 300) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      const db = openDatabase(file, "normal");
      const notes = sqliteTable(db, spec);
      expect(acknowledged).toBeGreaterThanOrEqual(300);
      const found = notes.find({ tenant: "t1", filter: {}, by: "n", direction: 1, limit: 100_000 });
      expect(found.length).toBeGreaterThanOrEqual(acknowledged);
      expect(found.map(({ n }) => n)).toEqual(found.map((_, n) => n + 1));
      db.close();
    },
  );
});
