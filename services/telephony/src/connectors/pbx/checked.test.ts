import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { checkedExtension, checkedId, checkedNumber } from "./checked.ts";

function codeOf(work: () => unknown): string {
  try {
    return `no error: ${String(work())}`;
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

const HOSTILE = [
  "",
  "10\r\n01",
  "1001&PJSIP/1002",
  "1001/..",
  "../channels",
  "10 01",
  "1001,b",
  "1001@trunk",
  "$(EXTEN)",
  "٣٤",
  "1".repeat(33),
  "1001\n",
  "1\u0000",
];

describe("what goes into an order", () => {
  it.each(HOSTILE)("lets %j into no endpoint", (value) => {
    expect(codeOf(() => checkedExtension(value))).toBe("pbx_extension_invalid");
    expect(codeOf(() => checkedNumber(value))).toBe("pbx_number_invalid");
    expect(codeOf(() => checkedId(`${value}/?`))).toBe("pbx_id_invalid");
  });

  it("takes extensions, numbers and ids as they are", () => {
    expect(["1001", "alice", "*43", "+8613800138000", "#1"].map(checkedExtension)).toEqual([
      "1001",
      "alice",
      "*43",
      "+8613800138000",
      "#1",
    ]);
    expect(codeOf(() => checkedNumber("alice"))).toBe("pbx_number_invalid");
    expect(checkedId("0190f5a2-7b3c-7def-8a01-23456789abcd")).toHaveLength(36);
  });
});
