import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { contactDetailsFor, maskedEmail, maskedNumber } from "./masking.ts";
import { permissionsOf } from "./permissions.ts";

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

describe("a masked address", () => {
  it("keeps its first letter and where it is", () => {
    expect(["lina@example.com", "a@b.cn", "@b.cn", "lina", ""].map(maskedEmail)).toEqual([
      "l****@example.com",
      "****@b.cn",
      "****@b.cn",
      "****",
      "",
    ]);
  });
});

describe("numbers and addresses", () => {
  it.each([
    [["agent"], true],
    [["supervisor"], true],
    [["engineer"], true],
    [["masked_agent"], false],
    [["marketer"], false],
    [["admin"], false],
    [["masked_agent", "marketer", "admin"], false],
    [[], false],
  ])("of who is %j are whole: %s", (roles, whole) => {
    const shown = contactDetailsFor({ permissions: permissionsOf(roles) });
    expect(shown.number("+8613900000001") === "+8613900000001").toBe(whole);
    expect(shown.email("lina@example.com") === "lina@example.com").toBe(whole);
  });
});
