import { describe, expect, it } from "@jest/globals";
import { toDomainError } from "@trunkline/errors";
import { mongo } from "mongoose";
import { toStoreError } from "./queries.ts";

const { MongoBulkWriteError, MongoNetworkError, MongoServerError } = mongo;
const kindOf = (error: unknown) => toDomainError(toStoreError(error)).kind;
const answered = (code: number, errorLabels?: string[]) =>
  new MongoServerError({ message: "no", code, ...(errorLabels ? { errorLabels } : {}) });

describe("an error of the database", () => {
  it.each([
    ["a time-out", 50],
    ["a shutdown", 91],
    ["a node that steps down", 189],
    ["not primary any more", 10107],
    ["interrupted by shutdown", 11600],
    ["interrupted by a change of state", 11602],
    ["not primary and no reads there", 13435],
  ])("that passes by itself is unavailable: %s", (_what, code) => {
    expect(kindOf(answered(code))).toBe("unavailable");
  });

  it("is unavailable where the server says that the write may be tried again", () => {
    expect(kindOf(answered(7_777, ["RetryableWriteError"]))).toBe("unavailable");
    expect(kindOf(new MongoBulkWriteError({ message: "no", code: 91, writeErrors: [] } as never, {} as never))).toBe("unavailable");
    expect(kindOf(new MongoNetworkError("gone"))).toBe("unavailable");
  });

  it("that stays is not: nobody would be served by trying again", () => {
    expect(kindOf(answered(2))).toBe("internal");
    expect(kindOf(answered(121))).toBe("internal");
    expect(kindOf(new TypeError("a fault of ours"))).toBe("internal");
  });
});
