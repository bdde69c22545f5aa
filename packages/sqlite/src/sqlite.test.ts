import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { inOne, openForWriting, primaryCode } from "./index.ts";

describe("a file of SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-sqlite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes all of a transaction or nothing, also of one inside another, and says of which kind a trouble is", () => {
    using db = openForWriting(":memory:", "normal");
    db.exec("CREATE TABLE n (n INTEGER PRIMARY KEY)");
    const insert = db.prepare("INSERT INTO n VALUES (?)");
    const count = () => db.prepare("SELECT count(*) AS n FROM n").get()?.["n"];
    inOne(db, () => inOne(db, () => insert.run(1)));
    expect(count()).toBe(1);
    let code: number | undefined;
    const twice = () => {
      insert.run(2);
      inOne(db, () => insert.run(1));
    };
    try {
      inOne(db, twice);
    } catch (error) {
      code = primaryCode(error);
    }
    expect([code, count(), db.isTransaction]).toEqual([19, 1, false]);
    expect(primaryCode(new Error("another"))).toBeUndefined();
  });

  it.each([
    ["normal", 1],
    ["full", 2],
  ] as const)("waits for the disk as it is told: %s", (synchronous, level) => {
    using db = openForWriting(join(folder, `${synchronous}.db`), synchronous);
    expect(db.prepare("PRAGMA synchronous").get()?.["synchronous"]).toBe(level);
    expect(db.prepare("PRAGMA journal_mode").get()?.["journal_mode"]).toBe("wal");
  });

  it("is refused when it is none", () => {
    const file = join(folder, "letter.db");
    writeFileSync(file, "a letter, not a database ".repeat(400));
    expect(() => openForWriting(file, "normal")).toThrow(expect.objectContaining({ errcode: 26 }));
  });
});
