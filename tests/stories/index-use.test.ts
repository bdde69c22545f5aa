import { describe, expect, it } from "@jest/globals";
import { unserved } from "./index-use.ts";

const INDEXES = [
  { key: { _id: 1 } },
  { key: { tenant: 1, state: 1, createdAt: -1, _id: -1 } },
  { key: { loginKey: 1 }, unique: true },
  { key: { tenant: 1, engineerId: 1 } },
  { key: { nextDueAt: 1 } },
];
const newest = { createdAt: -1, _id: -1 };

describe("an index", () => {
  it.each([
    ["equal fields, then the order", { tenant: "t", state: "open" }, newest],
    ["the order turned round", { tenant: "t", state: "open" }, { createdAt: 1, _id: 1 }],
    ["a bound of the field that is sorted by", { tenant: "t", state: "open", createdAt: { $lt: 3 } }, newest],
    ["a cursor beside the filter", { tenant: "t", $and: [{ state: "open" }, { createdAt: { $lt: 3 }, $or: [{}] }] }, newest],
    ["a beginning of it", { tenant: "t" }, {}],
    ["what is unique, in any order", { tenant: "t", loginKey: "k" }, newest],
    ["what is due", { nextDueAt: { $lte: 3 } }, { nextDueAt: 1 }],
    ["one document by its id", { _id: "x", sequence: 3 }, {}],
  ])("serves %s", (_, filter, sort) => expect(unserved({ filter, sort }, INDEXES)).toBe(""));

  it.each([
    ["an order that it has not", { tenant: "t", state: "open" }, { openedAt: 1 }, "sorts in memory by openedAt"],
    [
      "an order of which one field is turned",
      { tenant: "t", state: "open" },
      { createdAt: -1, _id: 1 },
      "sorts in memory by createdAt, _id",
    ],
    ["an order behind a field that is not asked for", { tenant: "t" }, newest, "sorts in memory by createdAt, _id"],
    ["a field that it lacks", { tenant: "t", engineerId: "e", state: "open" }, {}, "reads what engineerId then rules out"],
    ["a field that it lacks, in its order", { tenant: "t", state: "open", queueId: "q" }, newest, "reads what queueId then rules out"],
    ["a field without those before it", { state: "open" }, {}, "reads everything"],
    ["nothing asked at all", {}, {}, "reads everything"],
  ])("does not serve %s", (_, filter, sort, fault) => expect(unserved({ filter, sort }, INDEXES)).toBe(fault));
});
