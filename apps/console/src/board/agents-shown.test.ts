import { describe, expect, it } from "@jest/globals";
import type { BoardAgent } from "@trunkline/desktop-client";
import { agentsShown, nameOf } from "./agents-shown.ts";

const agent = (employeeId: string, rest: Partial<BoardAgent> = {}): BoardAgent => ({
  employeeId,
  extension: "1001",
  state: "ready",
  reason: "",
  stateSince: 1,
  callId: "",
  desktop: true,
  mode: "ready",
  ...rest,
});

describe("the agents on the board", () => {
  it("are without who was deactivated, unless they still have a call", () => {
    const gone = agent("e2", { extension: "", state: "offline" });
    const talks = agent("e3", { extension: "", state: "talking", callId: "c1" });
    expect(agentsShown([agent("e1"), gone, talks]).map(({ employeeId }) => employeeId)).toEqual(["e1", "e3"]);
  });

  it("are named by whatever is known of them", () => {
    const names = new Map([
      ["e1", "李娜"],
      ["e2", ""],
    ]);
    expect(["e1", "e2"].map((id) => nameOf(agent(id), names))).toEqual(["李娜", "1001"]);
    expect(nameOf(agent("e3", { extension: "" }), names)).toBe("e3");
  });
});
