import { describe, expect, it } from "@jest/globals";
import { refusalOf } from "./refusal.ts";

describe("a log-in that the server refuses", () => {
  it("was ended by somebody where most of its time was left, and has run out where not, or where only its token is not good", () => {
    expect([
      refusalOf("session_over", 3_600_000),
      refusalOf("session_over", 60_000),
      refusalOf("session_over", -1),
      refusalOf("token_invalid", 3_600_000),
    ]).toEqual(["ended", "over", "over", "over"]);
  });
});
