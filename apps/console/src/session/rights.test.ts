import { describe, expect, it } from "@jest/globals";
import { findsByNumber, seesContactDetails } from "./rights.ts";

describe("what the screen offers of numbers", () => {
  it.each([
    [["agent"], true],
    [["masked_agent"], false],
    [["masked_agent", "supervisor"], true],
    [[], false],
  ])("%j: %s", (roles, offered) => {
    expect([seesContactDetails(roles), findsByNumber(roles)]).toEqual([offered, offered]);
  });
});
