import { describe, expect, it } from "@jest/globals";
import { openGroups } from "./groups.ts";

function opened() {
  const groups = openGroups();
  const began: string[] = [];
  const candidate = (name: string, topics: readonly string[] = ["calls"]) => ({ topics, begin: () => void began.push(name) });
  return { groups, began, candidate };
}

describe("the members of a group", () => {
  it("read one at a time, in the order in which they came", () => {
    const { groups, began, candidate } = opened();
    const [one, two, three] = [candidate("one"), candidate("two"), candidate("three")];
    for (const each of [one, two, three]) groups.enter("g", each);
    groups.enter("other", candidate("of another group"));
    groups.leave("g", two);
    expect(began).toEqual(["one", "of another group"]);
    groups.leave("g", one);
    groups.leave("g", one);
    expect(began.at(-1)).toBe("three");
    expect(groups.reading("g")).toBe(three);
    groups.leave("g", three);
    expect(groups.reading("g")).toBeUndefined();
  });

  it("read the same topics: what only one who stands by reads nobody would", () => {
    const { groups, candidate } = opened();
    groups.enter("g", candidate("one", ["calls", "requests"]));
    groups.enter("g", candidate("two", ["requests", "calls"]));
    expect(() => groups.enter("g", candidate("three", ["surveys"]))).toThrow("all members of the group g have to read the same topics");
  });
});
