import { describe, expect, it } from "@jest/globals";
import { isMobileNumber } from "./mobile-number.ts";

describe("a number that takes SMS", () => {
  it.each(["+8613912345678", "+8617012345678", "+8619912345678", "+12133734253", "+447911123456", "+85291234567"])("is %s", (number) =>
    expect(isMobileNumber(number)).toBe(true),
  );
  it.each(["+861062345678", "+8675588881234", "+864008123456", "+442079460958", "+85221234567", "", "13912345678", "+86"])(
    "is not %j",
    (number) => expect(isMobileNumber(number)).toBe(false),
  );
});
