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
