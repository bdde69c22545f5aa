import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { openDatabase } from "./database.ts";
import { openFileDeadLetters } from "./dead-letters.ts";

describe("dead letters in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-letters-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("that an older release has written, by its place in the log, are read by the sequence of their events", async () => {
    const file = join(folder, "desk.db");
    const older = openDatabase(file, "normal");
    older.run(`CREATE TABLE dead_letters (consumer TEXT, topic TEXT, partition INTEGER, offset INTEGER, event TEXT, key TEXT, value BLOB,
      headers TEXT, code TEXT, attempts INTEGER, at INTEGER, PRIMARY KEY (consumer, topic, partition, offset, event)) WITHOUT ROWID`);
    older.run("CREATE INDEX dead_letters_of_key ON dead_letters (consumer, topic, key, partition, offset)");
    for (const [sequence, offset] of [
      ["9", 50_000],
      ["10", 2],
    ] as const)
      older.run("INSERT INTO dead_letters VALUES ('desk', 'calls', 3, ?, ?, 't1/c1', x'00', ?, 'queue_unknown', 8, 1)", [
        offset,
        `t1/c1/${sequence}`,
        JSON.stringify({ ce_id: `t1/c1/${sequence}`, sequence }),
      ]);
    older.close();
    using dead = openFileDeadLetters(file, "desk", Date.now);
    const sequences = async () => (await dead.letters("calls", "t1/c1")).map(({ message }) => message.headers["sequence"]);
    expect(await sequences()).toEqual(["9", "10"]);
    const [first] = await dead.letters("calls", "t1/c1");
    if (first) await dead.remove(first);
    expect(await sequences()).toEqual(["10"]);
  });
});
