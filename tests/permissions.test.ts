import { readFileSync } from "node:fs";
import { getOption } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CONTACT_DETAILS, ROLES, SERVICE_REACH, SESSION_OWN } from "@trunkline/auth";
import { permission } from "@trunkline/proto";
import { CONTRACT_SERVICES } from "./contracts.ts";
import { RIGHTS_PAGE, rightsPage } from "./rights.ts";

const methods = CONTRACT_SERVICES.flatMap((service) => service.methods);
const declared = new Set(methods.map((method) => getOption(method, permission)));
/** Asked for by no method: the socket of an agent's desktop, what an answer shows, whose requests one may take, who carries a user's token. */
const ELSEWHERE = ["agent.desktop", "template.purpose", CONTACT_DETAILS, "request.supervise", "user.carry"];

describe("permissions", () => {
  it("are declared for every method of every contract", () => {
    expect(methods.filter((method) => getOption(method, permission) === "").map(String)).toEqual([]);
    expect(methods.length).toBeGreaterThan(30);
  });

  it("that a method asks for are held by some role or service, or nobody could call it", () => {
    const held = new Set<string>([...Object.values(ROLES).map(({ permissions }) => permissions), ...Object.values(SERVICE_REACH)].flat());
    expect([...declared].filter((needed) => !["public", "authenticated", SESSION_OWN].includes(needed) && !held.has(needed))).toEqual([]);
  });

  it("that a role or a service holds are asked for by some method, or the grant is a slip of the pen", () => {
    const held = [...Object.values(ROLES).map(({ permissions }) => permissions), ...Object.values(SERVICE_REACH)].flat();
    expect(held.filter((each) => !declared.has(each) && !ELSEWHERE.includes(each))).toEqual([]);
  });
});

describe("docs/reference/rights.md", () => {
  it("says what the code grants", () => expect(readFileSync(RIGHTS_PAGE, "utf8")).toBe(rightsPage()));
});
