import { readFileSync } from "node:fs";
import { getOption } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CONTACT_DETAILS, ROLES, SERVICE_REACH, SESSION_OWN } from "@trunkline/auth";
import { audit, audit_people, permission } from "@trunkline/proto";
import { CONTRACT_SERVICES } from "./contracts.ts";
import { personalReads, RIGHTS_PAGE, rightsPage, UNAUDITED_READS } from "./rights.ts";

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

describe("a read whose answer identifies a person", () => {
  it("leaves a row in the audit log, or the page says why not", () => {
    const silent = personalReads().filter((method) => !getOption(method, audit) && !getOption(method, audit_people));
    expect(silent.map(({ name }) => name).sort()).toEqual(Object.keys(UNAUDITED_READS).sort());
  });
});

describe("docs/reference/rights.md", () => {
  it("says what the code grants", () => expect(readFileSync(RIGHTS_PAGE, "utf8")).toBe(rightsPage()));
});
