import { describe, expect, it } from "@jest/globals";
import { timeOf } from "./values.ts";

describe("values of the manager protocol", () => {
  it("takes only a sane timestamp", () => {
    expect(timeOf({ Timestamp: "1795308459.003158" }, 5)).toBe(1_795_308_459_003);
    for (const bad of ["", "NaN", "-1", "1e300", "soon"]) expect(timeOf({ Timestamp: bad }, 5)).toBe(5);
  });
});
