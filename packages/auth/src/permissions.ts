import type { DataScope } from "./principal.ts";

/** Reads telephone numbers and e-mail addresses whole; who lacks it gets them masked (masking.ts), whatever shows them. */
export const CONTACT_DETAILS = "customer.contact_details";

/** Records at all; what of which kind, each kind says for itself. */
const RECORDS = "record.use";

const MASKED_AGENT = [
  RECORDS,
  "customer.read",
  "customer.search",
  "customer.write",
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

/** Beside these an agent learns who has a number, and reads numbers whole before the call is theirs. */
const AGENT = [...MASKED_AGENT, "customer.identify", CONTACT_DETAILS] as const;

type Rights = {
  /** Whose customers, requests and visits: all of the tenant, or those that a visit or a request of the reader names. */
  readonly scope: DataScope;
  readonly permissions: readonly string[];
};

/** What each role of an employee may do and see; roles add up. Change a right here and nowhere else, then run tests/write-reference.ts. */
export const ROLES = {
  agent: { scope: "all", permissions: AGENT },
  /** Of another company, say: a number is masked but for the call that they have just now, and leads to nobody. */
  masked_agent: { scope: "all", permissions: MASKED_AGENT },
  supervisor: {
    scope: "all",
    permissions: [
      ...AGENT,
      "call.supervise",
      "call_queue.write",
      "recording.listen",
      "request.supervise",
      "queue.write",
      "calendar.write",
      "employee.read",
      "analytics.read",
      "segment.read",
      "batch.read",
      "message.read",
    ],
  },
  /** Calls whom they visit, so these numbers are whole; finds nobody by searching. */
  engineer: {
    scope: "own",
    permissions: ["work_order.read", "work_order.work", "request.read", "customer.read", CONTACT_DETAILS, "calendar.read"],
  },
  /** Chooses whom to write to; the addresses never leave what sends. */
  marketer: {
    scope: "own",
    permissions: [
      RECORDS,
      "colleague.read",
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
      "analytics.read",
    ],
  },
  /** Lets people in and out; what they do inside needs the roles for it, given as to anybody else. */
  admin: {
    scope: "own",
    permissions: [
      RECORDS,
      "record.settings",
      "colleague.read",
      "employee.read",
      "employee.write",
      "calendar.read",
      "calendar.write",
      "template.purpose",
    ],
  },
} as const satisfies Record<string, Rights>;

export type Role = keyof typeof ROLES;

const rightsOf = (roles: readonly string[]): Rights[] =>
  [...new Set(roles)].flatMap((role) => (Object.hasOwn(ROLES, role) ? [ROLES[role as Role]] : []));

/** The widest scope of these roles; nobody without a role meets more than their own. */
export function dataScopeOf(roles: readonly string[]): DataScope {
  return rightsOf(roles).some(({ scope }) => scope === "all") ? "all" : "own";
}

/** Every service that admits users hears from workforce whose sessions have ended, over all tenants. */
export const SESSION_WATCH = "session.watch";

/** What each service may ask of the others for itself. A user's call needs the user's permission as well. */
export const SERVICE_REACH: Readonly<Record<string, readonly string[]>> = {
  telephony: ["line.order", "customer.identify", "customer.read", CONTACT_DETAILS, "contact.reserve", "employee.read", SESSION_WATCH],
  "service-desk": ["call.read", "customer.read", CONTACT_DETAILS, "message.send", "contact.reserve", "calendar.read", SESSION_WATCH],
  marketing: ["segment.read", "customer.read", CONTACT_DETAILS, SESSION_WATCH],
  customer: [SESSION_WATCH],
  workforce: [],
  analytics: [SESSION_WATCH],
  gateway: ["user.carry"],
};

/** The permissions of an employee with these roles; unknown roles give none. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<string> {
  return new Set(rightsOf(roles).flatMap(({ permissions }) => permissions));
}
