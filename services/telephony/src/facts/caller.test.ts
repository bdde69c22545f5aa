import { describe, expect, it } from "@jest/globals";
import { bounded, callerOf } from "./caller.ts";

describe("the caller as an exchange tells them", () => {
  it("cuts text without halving a character", () => {
    expect(bounded(`${"x".repeat(63)}😀y`)).toBe("x".repeat(63));
    expect(bounded("😀".repeat(40))).toBe("😀".repeat(32));
    expect(bounded("\ud83d")).toBe("");
    expect(bounded("a\ud83db\ude00c")).toBe("abc");
    expect(bounded(`${"x".repeat(63)}\ud83d`)).toBe("x".repeat(63));
    expect(bounded("a\u0000b\r\nc\ufffd")).toBe("abc");
  });

  it.each([
    ["", "", "withheld"],
    ["anonymous", "", "withheld"],
    ["Restricted", "", "withheld"],
    ["13800138000", "13800138000", ""],
    ["110", "110", ""],
    ["+44 20 7946 0958", "+44 20 7946 0958", ""],
    ["0044 20 7946 0958", "0044 20 7946 0958", ""],
    ["9".repeat(200), "9".repeat(64), "cut"],
    ["1-800-FLOWERS", "1-800-FLOWERS", "not_a_number"],
    ["张伟", "张伟", "not_a_number"],
    ["139\r\nAction: Logoff", "139Action: Logoff", "not_a_number cleaned"],
    ["sip:13800138000@10.0.0.1", "sip:13800138000@10.0.0.1", "not_a_number"],
  ])("takes the caller %j for what it is", (number, callerNumber, flags) => {
    expect(callerOf(number, "", "")).toEqual({
      callerNumber,
      callerName: "",
      callerFlags: flags.split(" ").filter(Boolean),
      dialedNumber: "",
    });
  });
});
