import { expect, it } from "@jest/globals";
import { openDatabase } from "./database.ts";
import { sqliteTable } from "./table.ts";

it("fills an index of lists that a release declares anew from all documents, and never has them in memory at once", () => {
  const db = openDatabase(":memory:", "normal");
  const before = sqliteTable(db, { name: "notes", indexes: [] });
  db.inOne(() => {
    for (let n = 0; n < 1_201; n++) before.put(undefined, { _id: `t1/${n}`, tenant: "t1", tags: ["a", `n${n}`] });
  });
  let most = 0;
  const counting: typeof db = {
    ...db,
    all: (sql, values) => {
      const rows = db.all(sql, values);
      most = Math.max(most, rows.length);
      return rows;
    },
  };
  const after = sqliteTable(counting, { name: "notes", lists: ["tags"], indexes: [{ tenant: 1, tags: 1, _id: 1 }] });
  expect(most).toBe(500);
  const tagged = (tags: string) => after.find({ tenant: "t1", filter: { tags }, by: "_id", direction: 1, limit: 2_000 });
  expect([tagged("a").length, tagged("n1200")[0]?._id]).toEqual([1_201, "t1/1200"]);
  db.close();
});

it("leads by the elements that few have, and by the order where all are common; both find the same", () => {
  const db = openDatabase(":memory:", "normal");
  let statement = "";
  const heard: typeof db = {
    ...db,
    all: (sql, values) => {
      statement = sql;
      return db.all(sql, values);
    },
  };
  const table = sqliteTable(heard, {
    name: "notes",
    lists: ["tags"],
    indexes: [
      { tenant: 1, tags: 1, at: 1, _id: 1 },
      { tenant: 1, size: 1, _id: 1 },
    ],
  });
  const docs = Array.from({ length: 2_400 }, (_, n) => ({
    _id: `t${1 + (n % 2)}/${n}`,
    tenant: `t${1 + (n % 2)}`,
    // Many at one time, so that only the whole key tells them apart.
    at: n % 7,
    size: (n * 31) % 900,
    tags: ["all", ...(n % 3 ? ["some"] : ["others"]), ...(n % 400 ? [] : ["few"])],
  }));
  db.inOne(() => {
    for (const doc of docs) table.put(undefined, doc);
  });
  const ids = (tags: { $all: string[]; $in?: string[] }) =>
    table.find({ tenant: "t1", filter: { tags }, by: "size", direction: -1, limit: 5_000 }).map(({ _id }) => _id);
  const wanted = (holds: (tags: readonly string[]) => boolean) =>
    docs
      .filter(({ tenant, tags }) => tenant === "t1" && holds(tags))
      .sort((a, b) => b.size - a.size || (a._id < b._id ? 1 : -1))
      .map(({ _id }) => _id);
  const way = () => (/"notes__tenant_tags_at__id" s/.test(statement) ? "elements" : "order");
  expect([ids({ $all: ["all"] }), way()]).toEqual([wanted(() => true), "order"]);
  expect([ids({ $all: ["all", "some"] }), way()]).toEqual([wanted((tags) => tags.includes("some")), "elements"]);
  expect([ids({ $all: ["all"], $in: ["few", "none"] }), way()]).toEqual([wanted((tags) => tags.includes("few")), "elements"]);
  expect([ids({ $all: ["all"], $in: ["some", "others"] }), way()]).toEqual([wanted(() => true), "order"]);
  expect(table.count("t1", { tags: { $all: ["all", "few"] } }, 100)).toBe(wanted((tags) => tags.includes("few")).length);
  db.close();
});
