import { fileURLToPath } from "node:url";
import { CONTACT_DETAILS, ROLES, type Role, SERVICE_REACH } from "@trunkline/auth";

export const RIGHTS_PAGE = fileURLToPath(new URL("../docs/reference/rights.md", import.meta.url));

const ROLE_NAMES = Object.keys(ROLES) as Role[];
const holds = (role: Role, permission: string) => (ROLES[role].permissions as readonly string[]).includes(permission);
const table = (rows: readonly (readonly string[])[]) => rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

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

## Services for themselves

${table([["service", "may"], ["---", "---"], ...services])}
`;
}
