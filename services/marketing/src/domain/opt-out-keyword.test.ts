import { describe, expect, it } from "@jest/globals";
import { isOptOut } from "./opt-out-keyword.ts";

const KEYWORDS = ["TD", "T", "退订", "STOP"];

describe("a reply", () => {
  it.each(["TD", "td", " T D ", "ＴＤ", "退订", "退订。", "“STOP”", "Stop!"])("%j opts out", (text) =>
    expect(isOptOut(text, KEYWORDS)).toBe(true),
  );
  it.each(["", "1", "TDX", "请不要退订我的会员", "stop by tomorrow?", "。"])("%j does not", (text) =>
    expect(isOptOut(text, KEYWORDS)).toBe(false),
  );
});
