import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type Publication, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { deadLettersContract } from "../dead-letters.contract.ts";
import { retentionContract } from "../retention.contract.ts";
import { removeOld } from "../retention.ts";
import { storeContract } from "../store.contract.ts";
import { type SqliteBackendOptions, sqliteBackend } from "./backend.ts";
import { openDatabase } from "./database.ts";

const log = { warn: () => undefined };
const open = async (offer: SqliteBackendOptions["relay"]["offer"] = () => true) =>
  sqliteBackend({ file: ":memory:", relay: { offer }, now: Date.now, log });

storeContract("SQLite", open);
deadLettersContract("SQLite", open);
retentionContract("SQLite", open);

describe("a file of SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-sqlite-"));
  const scope = { tenant: "t1", actor: "service/test", causation: "", correlation: "c" };
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function openFile(offer: (publication: Publication) => boolean) {
    const backend = sqliteBackend({ file: join(folder, "desk.db"), relay: { offer }, now: Date.now, log });
    const notes = await backend.aggregates<
      { id: string; text: string; tags: readonly string[] },
      { type: "queued"; at: number },
      typeof CallEventSchema
    >({
      name: "notes",
      noun: "note",
      indexes: [{ tags: 1, text: 1, _id: 1 }],
      lists: ["tags"],
      topic: topic("contract.note", CallEventSchema),
      encode: () => ({ case: "queued", value: { queue: "q" } }),
    });
    return { notes, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]() };
  }

  it("has what was written before it was opened anew, finds it by its indexes, and announces what was left", async () => {
    {
      await using before = await openFile(() => false);
      const state = { id: "n1", text: "hello", tags: ["a", "b"] };
      await before.notes.create(scope, "n1", { state, events: [{ type: "queued", at: 1 }] });
      await before.notes.update(scope, "n1", (one) => ({ state: { ...one, tags: ["b", "c"] }, events: [{ type: "queued", at: 2 }] }));
    }
    const offered: Publication[] = [];
    await using after = await openFile((publication) => offered.push(publication) > 0);
    const tagged = async (tag: string) =>
      (await after.notes.page("t1", { tags: tag }, { by: "text", direction: 1, size: 10, token: "" })).items;
    expect([await tagged("a"), (await tagged("c")).map(({ id }) => id)]).toEqual([[], ["n1"]]);
    await jest.advanceTimersByTimeAsync(6_000);
    expect(offered.at(-1)?.entries.map(({ n }) => n)).toEqual([1, 2]);
    offered.at(-1)?.published(1);
    await jest.advanceTimersByTimeAsync(6_000);
    expect(offered.at(-1)?.entries.map(({ n }) => n)).toEqual([2]);
    offered.at(-1)?.published(2);
    const before = offered.length;
    await jest.advanceTimersByTimeAsync(6_000);
    expect(offered.length).toBe(before);
  });

  it("announces with what is new also what was left from before", async () => {
    const grow = (at: number) => (one: { id: string; text: string; tags: readonly string[] }) => ({
      state: { ...one, text: String(at) },
      events: [{ type: "queued" as const, at }],
    });
    {
      await using before = await openFile(() => false);
      await before.notes.create(scope, "n2", { state: { id: "n2", text: "", tags: [] }, events: [{ type: "queued", at: 1 }] });
    }
    const offered: Publication[] = [];
    await using after = await openFile((publication) => offered.push(publication) > 0);
    await after.notes.update(scope, "n2", grow(2));
    expect(offered.at(-1)?.entries.map(({ n }) => n)).toEqual([1, 2]);
    // The relay passes on what it has not under way already, and says up to where it is out.
    await after.notes.update(scope, "n2", grow(3));
    expect(offered.at(-1)?.entries.map(({ n }) => n)).toEqual([1, 2, 3]);
    offered.at(-1)?.published(2);
    await after.notes.update(scope, "n2", grow(4));
    expect(offered.at(-1)?.entries.map(({ n }) => n)).toEqual([3, 4]);
  });

  it("removes what is old in one transaction", async () => {
    const file = join(folder, "old.db");
    await using backend = sqliteBackend({ file, relay: { offer: () => true }, now: Date.now, log });
    const rows = await backend.rows<{ readonly at: number }>({ name: "rows", indexes: [{ at: 1 }], overBy: "at" });
    for (let n = 1; n <= 3; n++) await rows.upsert("t1", `r${n}`, () => ({ at: n }));
    const other = openDatabase(file, "normal");
    other.run("CREATE TRIGGER stuck BEFORE DELETE ON rows WHEN OLD.id = 't1/r3' BEGIN SELECT RAISE(ABORT, 'stuck'); END");
    other.close();
    await expect(removeOld(rows, 3)).rejects.toThrow("stuck");
    expect((await rows.over(3, 10)).map(({ _id }) => _id)).toEqual(["t1/r1", "t1/r2", "t1/r3"]);
  });
});
