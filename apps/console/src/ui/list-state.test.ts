import { describe, expect, it } from "@jest/globals";
import { listState } from "./list-state.ts";

describe("a list", () => {
  it("is empty only once it was read", () => {
    expect([listState(null, undefined), listState(null, 0), listState(null, 2)]).toEqual(["reading", "none", "some"]);
  });

  it("could not be read, whatever was known before", () => {
    const failed = new Error("503");
    expect([listState(failed, undefined), listState(failed, 0), listState(failed, 2)]).toEqual(["unread", "unread", "unread"]);
  });
});
