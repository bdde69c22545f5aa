import { describe, expect, it } from "@jest/globals";
import { recordAddress, roomOf } from "./record-address.ts";

describe("the address of a record", () => {
  it("says all that leads there again, also what is awkward to write", () => {
    const address = {
      kind: "lead",
      recordId: "0195-a/b",
      conditions: [
        { field: "name", operator: "contains", values: ["海岸 & 100%?#"] },
        { field: "createdAt", operator: "within", values: ["this_month"] },
        { field: "port", operator: "empty", values: [] },
      ],
      sort: "-createdAt",
      removed: true,
    };
    expect(recordAddress(roomOf(address))).toEqual(address);
    expect(roomOf(address)).toMatch(/^[\x21-\x7e]+$/);
  });

  it("is short where there is little to say", () => {
    expect([roomOf({}), roomOf({ kind: "lead" }), roomOf({ kind: "lead", recordId: "new" })]).toEqual([
      "records",
      "records/lead",
      "records/lead/new",
    ]);
  });

  it.each(["records/%E0%A4%A?where=x", "records/a?where={}", 'records/a?where=[1,["a"],["b","c",2]]', "records?sort"])(
    "asks nothing by rubbish: %s",
    (room) => {
      expect(recordAddress(room)).toMatchObject({ conditions: [], removed: false, sort: "" });
    },
  );
});
