import { describe, expect, it } from "@jest/globals";
import { given, inOrder, newestFirst, ownOf } from "./asked.ts";

describe("what a list asks for", () => {
  it("is a page by its token, or so many from the beginning", () => {
    expect(newestFirst("openedAt", { pageSize: 20, pageToken: "x" })).toEqual({ by: "openedAt", direction: -1, size: 20, token: "x" });
    expect(inOrder("name", 5)).toEqual({ by: "name", direction: 1, size: 5, token: "" });
  });

  it("is everything where nothing is given, and what they see for a viewer", () => {
    expect({ ...given({ state: "", queueId: "q" }), ...ownOf(undefined) }).toEqual({ queueId: "q" });
    expect({ ...given({ state: "" }), ...ownOf("e1") }).toEqual({ visibleTo: "e1" });
  });
});
