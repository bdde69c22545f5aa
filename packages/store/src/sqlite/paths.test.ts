import { describe, expect, it } from "@jest/globals";
import { openDatabase } from "./database.ts";
import { asSql, declared, type Question } from "./paths.ts";
import { sqliteTable } from "./table.ts";

const SPEC = {
  name: "calls",
  indexes: [
    { tenant: 1, at: -1, _id: -1 } as const,
    { tenant: 1, queue: 1, at: -1, _id: -1 } as const,
    { tenant: 1, tags: 1, at: 1, _id: 1 } as const,
    { revision: 1, at: 1 } as const,
    [{ dueAt: 1 }, { sparse: true }] as const,
  ],
  lists: ["tags"],
};
const page = { by: "at", direction: -1, limit: 50 } as const;
const QUESTIONS: readonly (readonly [string, Question, string])[] = [
  ["a list", { tenant: "t", filter: {}, ...page }, "calls__tenant_at_down__id_down"],
  ["a list of one queue", { tenant: "t", filter: { queue: "q" }, ...page }, "calls__tenant_queue_at_down__id_down"],
  [
    "its next page",
    { tenant: "t", filter: { queue: "q" }, ...page, after: { value: 5, id: "t/1" } },
    "calls__tenant_queue_at_down__id_down",
  ],
  ["an element of a list", { tenant: "t", filter: { tags: "a" }, ...page, direction: 1 }, "calls__tenant_tags_at__id"],
  [
    "one of several elements, in an order that an index has",
    { tenant: "t", filter: { tags: { $in: ["a", "b"] } }, ...page },
    "calls__tenant_at_down__id_down",
  ],
  [
    "one of several elements, in another order",
    { tenant: "t", filter: { tags: { $in: ["a", "b"] } }, ...page, by: "rank" },
    "calls__tenant_tags_at__id",
  ],
  ["what is due", { filter: { dueAt: { $lte: 5 } }, by: "dueAt", direction: 1, limit: 5 }, "calls__dueAt"],
  ["what lacks a field", { filter: { revision: { $exists: false } }, by: "at", direction: 1, limit: 5 }, "calls__revision_at"],
];

describe("the way to documents", () => {
  const db = openDatabase(":memory:", "normal");
  sqliteTable(db, SPEC);

  it.each(QUESTIONS)("to %s is the index that leads furthest", (_, question, index) => {
    const { sql, values } = asSql(declared(SPEC), question);
    const plan = db.all(`EXPLAIN QUERY PLAN ${sql}`, values).map(({ detail }) => String(detail));
    // Of a table beside it the index is its own key.
    expect(sql).toContain(`"${index}"`);
    expect(plan.join("\n")).not.toMatch(/SCAN (calls|t)\b(?!.*INDEX)/);
    // Ties by id may be sorted, a few at a time; all that is found, only in an order that no index has.
    if (question.by !== "rank") expect(plan.join("\n")).not.toContain("TEMP B-TREE FOR ORDER BY");
  });
});
