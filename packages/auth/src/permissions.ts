import type { DataScope } from "./principal.ts";

const AGENT = [
  "customer.read",
  "customer.write",
  "customer.identify",
  "request.read",
  "request.write",
  "request.work",
  "queue.read",
  "call.read",
  "call.work",
  "call_queue.read",
  "callback.read",
  "callback.work",
  "work_order.read",
  "work_order.dispatch",
  "survey.read",
  "contact.read",
  "contact.opt_out",
  "calendar.read",
  "agent.desktop",
  "colleague.read",
] as const;

/** What each role of an employee may do. Change a right here and nowhere else. */
export const ROLES = {
  /** Sees whole numbers before the call is theirs. */
  agent: [...AGENT, "caller.number"],
  /** Of another company, say: a caller's number is masked until they have answered. */
  masked_agent: AGENT,
  supervisor: [
    "call.supervise",
    "call_queue.write",
    "recording.listen",
    "queue.write",
    "calendar.write",
    "employee.read",
    "analytics.read",
    "segment.read",
    "batch.read",
    "message.read",
  ],
  engineer: ["work_order.read", "work_order.work", "request.read", "customer.read", "calendar.read"],
  marketer: [
    "segment.read",
    "segment.write",
    "batch.read",
    "batch.write",
    "template.read",
    "template.write",
    "contact.read",
    "contact.consent",
    "contact.opt_out",
    "message.read",
    "customer.read",
    "analytics.read",
  ],
  admin: ["employee.read", "employee.write", "calendar.read", "calendar.write", "template.purpose"],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof ROLES;

/** Roles that meet what names them and nothing else. */
const OWN_ONLY: ReadonlySet<string> = new Set<Role>(["engineer"]);

/** The widest scope of these roles; nobody without a role meets more than their own. */
export function dataScopeOf(roles: readonly string[]): DataScope {
  return roles.some((role) => Object.hasOwn(ROLES, role) && !OWN_ONLY.has(role)) ? "all" : "own";
}

/** Every service that admits users hears from workforce whose sessions have ended, over all tenants. */
export const SESSION_WATCH = "session.watch";

/** What each service may ask of the others for itself. A user's call needs the user's permission as well. */
export const SERVICE_REACH: Readonly<Record<string, readonly string[]>> = {
  telephony: ["line.order", "customer.identify", "contact.reserve", "employee.read", SESSION_WATCH],
  "service-desk": ["call.read", "customer.read", "message.send", "contact.reserve", "calendar.read", SESSION_WATCH],
  marketing: ["segment.read", "customer.read", SESSION_WATCH],
  customer: [SESSION_WATCH],
  workforce: [],
  analytics: [SESSION_WATCH],
  gateway: ["user.carry"],
};

/** The permissions of an employee with these roles; unknown roles give none. A supervisor may all that an agent may. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<string> {
  const held = new Set(roles);
  if (held.has("supervisor")) held.add("agent");
  if (held.has("admin")) for (const role of Object.keys(ROLES)) held.add(role);
  return new Set([...held].flatMap((role) => (Object.hasOwn(ROLES, role) ? ROLES[role as Role] : [])));
}
