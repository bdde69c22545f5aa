import { describe, expect, it } from "@jest/globals";
import { crossings, historyOf } from "./history.ts";
import type { Truth } from "./log.ts";

const told = (...lines: readonly (readonly [number, string, object])[]): Truth[] =>
  lines.map(([at, what, of]) => ({ kind: "truth", at, what, ...of }) as Truth);
const talk = (caller: string, phone: string) => ({ caller, phone, extension: phone.slice(0, 1) });
const phone = (line: string) => ({ phone: line, extension: line.slice(0, 1), number: "", answered: true });

describe("the history of who talked to whom", () => {
  it("finds a caller with two agents, an agent with two callers and a phone that rings for two", () => {
    const { callers, talks, rings } = historyOf(
      told(
        [1, "met", talk("c1", "a1")],
        [2, "met", talk("c1", "b1")],
        [3, "met", talk("c2", "b2")],
        [1, "rings", phone("a8")],
        [4, "rings", phone("a9")],
      ),
    );
    expect([callers, talks, rings].map((spans) => crossings(spans).length)).toEqual([1, 1, 1]);
  });

  it("finds nothing where one begins when the other is over", () => {
    const { callers, talks, rings } = historyOf(
      told(
        [1, "rings", phone("a1")],
        [2, "silent", phone("a1")],
        [2, "met", talk("c1", "a1")],
        [5, "parted", talk("c1", "a1")],
        [5, "rings", phone("a2")],
        [6, "silent", phone("a2")],
        [6, "met", talk("c1", "a2")],
      ),
    );
    expect([callers, talks, [...rings, ...talks]].map((spans) => crossings(spans))).toEqual([[], [], []]);
  });

  it("finds the one that goes over two others", () => {
    const { talks } = historyOf(
      told([1, "met", talk("c1", "a1")], [2, "met", talk("c2", "a2")], [3, "parted", talk("c2", "a2")], [4, "met", talk("c3", "a3")]),
    );
    expect(crossings(talks)).toHaveLength(2);
  });

  it("knows a talk that one side ended from one that was cut", () => {
    const gone = (line: string, by: string) => ({ caller: line, phone: line, extension: "a", by });
    const ends = told(
      [1, "parted", talk("c1", "a1")],
      [1, "caller_gone", gone("c1", "party")],
      [2, "parted", talk("c2", "a2")],
      [2, "phone_gone", gone("a2", "party")],
      [3, "parted", talk("c3", "a3")],
      [3, "caller_gone", gone("c3", "order")],
      [4, "parted", talk("c4", "a4")],
      [9, "met", talk("c4", "b1")],
    );
    expect(historyOf(ends).cut).toEqual(["c3 and a at 3", "c4 and a at 4"]);
  });
});
