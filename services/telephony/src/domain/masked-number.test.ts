import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { maskedNumber } from "./masked-number.ts";

describe("a masked number", () => {
  it("keeps its beginning and its last four digits", () => {
    expect(["+8613900000001", "+861065551234", "110", "95500", ""].map(maskedNumber)).toEqual([
      "+86139****0001",
      "+8610****1234",
      "****",
      "****00",
      "",
    ]);
  });

  it("never shows four digits and more that stand side by side in the middle", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{3,15}$/), (number) => {
        const masked = maskedNumber(number);
        return masked.includes("****") && masked.replaceAll("*", "").length <= Math.max(2, number.length - 4);
      }),
    );
  });
});
