import { describe, expect, it } from "@jest/globals";
import { stampOf } from "./values.ts";

describe("values of the manager protocol", () => {
  it("takes only a sane timestamp", () => {
    expect(stampOf({ Timestamp: "1795308459.003158" })).toBe(1_795_308_459_003);
    for (const bad of ["", "NaN", "-1", "1e300", "soon"]) expect(stampOf({ Timestamp: bad })).toBe(0);
  });
});
