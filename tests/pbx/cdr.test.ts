import { describe, expect, it } from "@jest/globals";
import { talksOf } from "./cdr.ts";

const row = (channel: string, start: string, answer: string, end: string, disposition: string, id: string) => {
  const at = (second: string) => (second === "" ? "" : `2026-11-29 02:20:${second}`);
  return `"","13900001001","7001","trunkline-check","""check"" <13900001001>","${channel}","","Wait","5","${at(start)}","${at(answer)}","${at(end)}",5,5,"${disposition}","DOCUMENTATION","${id}",""`;
};

describe("a call detail record", () => {
  it("tells when callers came and went, and which phones were picked up for how long", () => {
    const lines = [
      row("Local/8001@trunkline-check-01;1", "01", "02", "06", "ANSWERED", "1.3"),
      row("Local/8001@trunkline-check-01;2", "01", "02", "06", "ANSWERED", "1.4"),
      row("Local/8003@trunkline-check-02;2", "01", "", "06", "NO ANSWER", "1.6"),
      row("Local/8004@trunkline-check-03;2", "04", "05", "09", "ANSWERED", "1.8"),
      row("Local/7001@trunkline-check-00;2", "00", "00", "09", "ANSWERED", "1.2"),
      row("Local/7001@trunkline-check-00;1", "00", "00", "09", "ANSWERED", "1.1"),
    ];
    const second = Date.parse("2026-11-29T02:20:00Z");
    expect(talksOf(lines)).toEqual({
      begins: [second],
      ends: [second + 9_000],
      firstAnswer: second + 2_000,
      answers: 2,
      talkMs: 7_000,
    });
  });
});
