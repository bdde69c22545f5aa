import { describe, expect, it } from "@jest/globals";
import { ROLES } from "@trunkline/auth/permissions";
import { viewsOf } from "./views.ts";

describe("the rooms of a role", () => {
  it.each([
    ["agent", ["agent", "records"], "agent"],
    ["masked_agent", ["agent", "records"], "agent"],
    ["supervisor", ["agent", "board", "calls", "queues", "records"], "board"],
    ["engineer", ["home"], "home"],
    ["marketer", ["records", "home"], "home"],
    ["admin", ["records", "staff"], "staff"],
  ])("%s", (role, views, first) => {
    expect(viewsOf({ roles: [role] })).toEqual({ views, first });
  });

  it("add up, and whoever has no role, or one from elsewhere, still finds a page", () => {
    expect(viewsOf({ roles: ["supervisor", "admin", "engineer"] }).views).toEqual([
      "agent",
      "board",
      "calls",
      "queues",
      "records",
      "staff",
      "home",
    ]);
    for (const roles of [[], ["wizard"], ["__proto__"]]) expect(viewsOf({ roles })).toEqual({ views: ["home"], first: "home" });
  });

  it("are named for every role there is", () => {
    for (const role of Object.keys(ROLES)) expect(viewsOf({ roles: [role] }).views.length).toBeGreaterThan(0);
  });
});
