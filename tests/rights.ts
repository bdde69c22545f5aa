import { fileURLToPath } from "node:url";
import { type DescMessage, type DescMethod, getOption } from "@bufbuild/protobuf";
import { CONTACT_DETAILS, ROLES, type Role, SERVICE_REACH } from "@trunkline/auth";
import { audit, audit_people, personal } from "@trunkline/proto";
import { CONTRACT_SERVICES } from "./contracts.ts";

export const RIGHTS_PAGE = fileURLToPath(new URL("../docs/reference/rights.md", import.meta.url));

const ROLE_NAMES = Object.keys(ROLES) as Role[];
const holds = (role: Role, permission: string) => (ROLES[role].permissions as readonly string[]).includes(permission);
const table = (rows: readonly (readonly string[])[]) => rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Reads of personal data that leave no row, and why. */
export const UNAUDITED_READS: Readonly<Record<string, string>> = {
  ListCallbackTasks: "the work list of every desk, read again at each change; claiming one is audited",
  ListRequests: "the work list of every desk; opening one is audited",
  ListSurveys: "the work list of supervisors; opening one is audited",
  ListWorkOrders: "an engineer's day; opening one is audited",
  GetEmployee: "a colleague",
  ListEmployees: "colleagues",
  ListColleagues: "colleagues",
};

/** Reads whose answer identifies a person. */
export const personalReads = (): DescMethod[] =>
  CONTRACT_SERVICES.flatMap(({ methods }) => methods).filter(
    ({ name, output }) => /^(Get|List|Search|Find|Identify)/.test(name) && isPersonal(output),
  );

function isPersonal(message: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some((field) => getOption(field, personal) || (field.message !== undefined && isPersonal(field.message, seen)));
}

/** What leaves a row in the audit log, by service. */
function audited(): string[][] {
  const names = (methods: readonly DescMethod[], option: typeof audit) =>
    methods.flatMap((method) => (getOption(method, option) ? [`\`${method.name}\``] : [])).join(", ");
  return CONTRACT_SERVICES.map(({ name, methods }) => [name, names(methods, audit), names(methods, audit_people)]).filter(
    ([, all, people]) => all !== "" || people !== "",
  );
}

export function rightsPage(): string {
  const permissions = [...new Set(ROLE_NAMES.flatMap((role) => ROLES[role].permissions as readonly string[]))].sort();
  const head = (first: string) => [
    [first, ...ROLE_NAMES],
    ["---", ...ROLE_NAMES.map(() => "---")],
  ];
  const seen = [
    ["customers, requests and visits", ...ROLE_NAMES.map((role) => (ROLES[role].scope === "all" ? "all" : "own"))],
    ["numbers and e-mail addresses", ...ROLE_NAMES.map((role) => (holds(role, CONTACT_DETAILS) ? "whole" : "masked"))],
  ];
  const granted = permissions.map((each) => [`\`${each}\``, ...ROLE_NAMES.map((role) => (holds(role, each) ? "yes" : ""))]);
  const services = Object.entries(SERVICE_REACH).map(([name, reach]) => [name, reach.map((each) => `\`${each}\``).join(", ")]);
  return `# Rights

What an employee may do follows from their roles, and roles add up: each method of the contracts names the one permission
that it needs. A service that calls for an employee shows its own token too, and the employee's permission counts; what a
service asks for itself stands in the second table. Made of packages/auth/src/permissions.ts by \`node tests/write-reference.ts\`;
a test holds it to the code.

\`own\`: what a visit or a request of theirs names, and the customer of it until 30 days after it was closed. \`masked\`:
"+86139****0001" and "l****@example.com"; the number of the call that somebody has in hand is whole to them.

${table([...head("sees"), ...seen])}

${table([...head("may"), ...granted])}

## What is audited

Each of these leaves a row in the audit log before its answer goes out; a read only where a person asks.

${table([["service", "always", "reads by people"], ["---", "---", "---"], ...audited()])}

Reads of personal data without a row:

${table([["read", "why"], ["---", "---"], ...Object.entries(UNAUDITED_READS).map(([name, why]) => [`\`${name}\``, why])])}

## Services for themselves

${table([["service", "may"], ["---", "---"], ...services])}
`;
}
