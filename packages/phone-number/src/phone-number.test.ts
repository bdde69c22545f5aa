import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { normalizeNumber } from "./phone-number.ts";

describe("a caller's number", () => {
  it.each([
    ["13912345678", "+8613912345678"],
    ["+86 139 1234 5678", "+8613912345678"],
    ["8613912345678", "+8613912345678"],
    ["008613912345678", "+8613912345678"],
    ["010-62345678", "+861062345678"],
    ["sip:+8613912345678@pbx.example", "+8613912345678"],
    ["+442079460958", "+442079460958"],
  ])("%s is read as %s", (raw, number) => expect(normalizeNumber(raw)).toBe(number));

  it.each(["", "anonymous", "12", "10086x", "1".repeat(200), "139\r\n12345678x", "';--", "+999123"])("%j is no number", (raw) =>
    expect(normalizeNumber(raw)).toBeUndefined(),
  );

  it("of a mainland mobile is what the numbering plan says, for every range that is read without it", () => {
    const ranges = [...Array(100).keys()].map((n) => `1${String(n).padStart(2, "0")}`);
    fc.assert(
      fc.property(
        fc.constantFrom(...ranges),
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.constantFrom("", "86", "+86", "0086"),
        (range, rest, code) => {
          const raw = `${code}${range}${String(rest).padStart(8, "0")}`;
          const planned = parsePhoneNumberFromString(raw.replace(/^00/, "+"), "CN");
          const read = normalizeNumber(raw);
          if (planned?.isValid()) expect(read).toBe(planned.number);
          else expect(read ?? "").not.toMatch(/^\+861/);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("is found again from its own normal form, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (raw) => {
        const once = normalizeNumber(raw);
        if (once !== undefined) expect(normalizeNumber(once)).toBe(once);
      }),
    );
  });
});
