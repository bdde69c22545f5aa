import { describe, expect, it } from "@jest/globals";
import { openFile } from "./open-file.ts";
import { openTables, type Tables } from "./tables.ts";
import { removeOld } from "./upkeep.ts";

const DAY_MS = 24 * 3_600_000;
const never = new AbortController().signal;
const write = (tables: Tables, topic: string, key: string, at: number, text = "") =>
  tables.append([{ topic, key, headers: { sequence: text }, value: Buffer.alloc(0) }], at);

function opened() {
  const tables = openTables(":memory:");
  tables.ensure([
    { name: "calls", partitions: 2, compacted: false },
    { name: "employees", partitions: 2, compacted: true },
  ]);
  const placesOf = (topic: string) => tables.topics().get(topic)?.places ?? [];
  const found = (topic: string) =>
    placesOf(topic).flatMap((place) => tables.read(place, 0).map(({ raw }) => `${raw.key} ${raw.headers["sequence"]}`));
  return { tables, placesOf, found };
}

describe("what is old in the log", () => {
  it("goes after 30 days, the offsets stay, and a reader that comes to it would know", async () => {
    const { tables, placesOf, found } = opened();
    for (let i = 0; i < 500; i++) write(tables, "calls", "a", i, String(i));
    for (let i = 500; i < 510; i++) write(tables, "calls", "a", DAY_MS, String(i));
    await removeOld(tables, () => 30 * DAY_MS + 250, never);
    expect(found("calls")[0]).toBe("a 250");
    const [place] = placesOf("calls").filter((one) => tables.bounds(one).next > 0);
    if (!place) throw new Error("nothing was written");
    expect(tables.bounds(place)).toEqual({ first: 250, next: 510 });
    await removeOld(tables, () => 40 * DAY_MS, never);
    expect(found("calls")).toEqual([]);
    expect(tables.bounds(place)).toEqual({ first: 510, next: 510 });
    expect(write(tables, "calls", "a", 41 * DAY_MS)).toMatchObject([{ offset: 510 }]);
  });

  it("is on a compacted topic what has had a newer event of its key for a day, however old the last of a key is", async () => {
    const { tables, placesOf, found } = opened();
    for (let n = 1; n <= 150; n++) for (const key of ["a", "b"]) write(tables, "employees", key, n, String(n));
    write(tables, "employees", "a", 10 * DAY_MS, "151");
    await removeOld(tables, () => 10 * DAY_MS + 1, never);
    expect(found("employees").toSorted()).toEqual(["a 150", "a 151", "b 150"]);
    await removeOld(tables, () => 400 * DAY_MS, never);
    expect(found("employees").toSorted()).toEqual(["a 151", "b 150"]);
    expect(placesOf("employees").map((place) => tables.bounds(place).first)).toEqual([0, 0]);
  });

  it("goes in small steps, and none is begun when the log is closed", async () => {
    const { tables, found } = opened();
    for (let i = 0; i < 350; i++) write(tables, "calls", "a", i, String(i));
    const stop = new AbortController();
    let steps = 0;
    const counting = {
      ...tables,
      removeOld: (...args: Parameters<Tables["removeOld"]>) => {
        steps += 1;
        if (steps === 2) stop.abort();
        return tables.removeOld(...args);
      },
    };
    await removeOld(counting, () => 40 * DAY_MS, stop.signal);
    expect(found("calls").length).toBeGreaterThanOrEqual(100);
    expect(steps).toBeLessThanOrEqual(3);
    await removeOld(tables, () => 40 * DAY_MS, never);
    expect(found("calls")).toEqual([]);
  });
});

describe("every question to the log", () => {
  it("is answered by an index, but for the catalogue at its start", () => {
    const db = openFile(":memory:", "normal");
    const asked: string[] = [];
    const prepare = db.prepare.bind(db);
    db.prepare = (sql) => {
      asked.push(sql);
      return prepare(sql);
    };
    openTables(":memory:", "normal", db);
    const scanned = asked.filter((sql) =>
      prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .some(({ detail }) => String(detail).startsWith("SCAN")),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(scanned).toEqual([expect.stringContaining("FROM partitions JOIN topics")]);
  });
});
