import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isOptOut } from "./opt-out-keyword.ts";

const KEYWORDS = ["TD", "T", "退订", "STOP"];
const MARKS = [
  ..." \t\r\n.,;:!?'\"()[]{}<>~-_*#@&/\\|。，、；：！？…—～〜·「」『』【】〖〗《》〈〉（）［］“”‘’",
  "\0",
  "\u00ad",
  "\u115f",
  "\u200b",
  "\u200d",
  "\u200e",
  "\u202a",
  "\u202c",
  "\u202e",
  "\u2060",
  "\u2066",
  "\u3000",
  "\u3164",
  "\ufe0f",
  "\ufeff",
  "🙏",
  "🏻",
  "😡",
];

describe("a reply", () => {
  it.each([
    ...["TD", "td", " T D ", "ＴＤ", "退订", "退订。", "“STOP”", "Stop!", "ｓｔｏｐ"],
    ...["【TD】", "【退订】", "「退订」", "[TD]", "(TD)", "（TD）", "《退订》", "<TD>", "退订～", "退订~"],
    ...["TD\0", "TD\u200b", "TD\u2060", "\u202aTD\u202c", "TD🙏", "🙏🏻退订"],
  ])("%j opts out", (text) => expect(isOptOut(text, KEYWORDS)).toBe(true));

  it.each([
    ...[
      "",
      "1",
      "TDX",
      "请不要退订我的会员",
      "stop by tomorrow?",
      "。",
      "STOP 12345",
      "不退订",
      "TD了吗",
      "T恤",
      "退订多少钱",
      "今天",
      "🙏",
    ],
  ])("%j does not", (text) => expect(isOptOut(text, KEYWORDS)).toBe(false));

  it("that is a keyword with any marks around it opts out, and one with anything else in it does not", () => {
    const marks = fc.array(fc.constantFrom(...MARKS)).map((list) => list.join(""));
    const other = fc.constantFrom("请", "1", "７", "a", "吗", "é", "ы", "①");
    fc.assert(
      fc.property(fc.constantFrom(...KEYWORDS), marks, marks, other, (keyword, before, after, word) => {
        expect(isOptOut(before + keyword + after, KEYWORDS)).toBe(true);
        expect(isOptOut(before + word + keyword + after, KEYWORDS)).toBe(false);
        expect(isOptOut(before + keyword + after + word, KEYWORDS)).toBe(false);
      }),
    );
  });
});
