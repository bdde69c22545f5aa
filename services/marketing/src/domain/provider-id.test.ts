import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { providerKeys, receiptKeys } from "./provider-id.ts";

const same = (answered: string, received: string) => {
  const kept = providerKeys(answered);
  return receiptKeys(received).some((key) => kept.includes(key));
};

describe("the id in a receipt", () => {
  it.each([
    ["39F99DD5", "0972660181"],
    ["0972660181", "39f99dd5"],
    ["1101C1-C9D03D-F000", "1101c1-c9d03d-f000"],
    ["1101c1c9d03df000", "1101C1-C9D03D-F000"],
    ["870928761", "0870928761"],
    ["0870928761", "870928761"],
    ["10203040", "0270544960"],
    ["0000000000", "0"],
    ["3E3E6D0A-6B7B-4A55-9C55-2F0B4AE3B0F1", "3e3e6d0a-6b7b-4a55-9c55-2f0b4ae3b0f1"],
  ])("is the one of the answer: %s, %s", (answered, received) => expect(same(answered, received)).toBe(true));

  it.each([
    ["10", "16"],
    ["0000000010", "0000000016"],
    ["", ""],
    ["", "0"],
    ["-", "-"],
    ["1234567", "1234568"],
  ])("is another than that of the answer: %j, %j", (answered, received) => expect(same(answered, received)).toBe(false));

  it("is found whatever its number, in hexadecimal and decimal, padded or not", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0x1000000n, max: 0xffffffffn }), (value) => {
        const [hex, decimal] = [value.toString(16), value.toString(10)];
        expect(same(hex.toUpperCase(), decimal.padStart(10, "0"))).toBe(true);
        expect(same(decimal, hex.padStart(8, "0"))).toBe(true);
      }),
    );
  });
});
