import { DomainError } from "@trunkline/errors";
import type { ContactChannel, Proof, Purpose } from "./contact.ts";
import { type ContactPolicy, quietUntil } from "./contact-policy.ts";

export type Consent = {
  readonly channel: ContactChannel;
  readonly purpose: Purpose;
  readonly state: "given" | "withdrawn";
  readonly at: number;
  readonly proof: Proof;
};
/** A channel that leads nowhere, such as a mailbox that does not exist. */
export type Suppression = { readonly channel: ContactChannel; readonly reason: string; readonly at: number };
export type ReservedContact = {
  readonly contactId: string;
  readonly channel: ContactChannel;
  readonly purpose: Purpose;
  readonly at: number;
};

/** All that decides whether one person may be contacted, in one document, so that asking and counting is one write. The id is the customer's. */
export type ContactPermission = {
  readonly id: string;
  /** The latest word for each channel and purpose. */
  readonly consents: readonly Consent[];
  readonly suppressions: readonly Suppression[];
  /** Contacts that count, oldest first; bounded. */
  readonly contacts: readonly ReservedContact[];
};

export type PermissionEvent = {
  readonly type: "consent_given" | "opted_out";
  readonly at: number;
  readonly channel: ContactChannel;
  readonly purpose: Purpose;
  readonly proof: Proof;
};
type Decided = { readonly state: ContactPermission; readonly events: readonly PermissionEvent[] };

export type RefusedBy = "opted_out" | "suppressed" | "no_consent" | "quiet_hours" | "cap" | "rest_period";
/** `retryAt` is when it may be asked again; without it: not before something changes. */
export type Reservation =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly refusedBy: RefusedBy; readonly retryAt: number | undefined };

/** The same `contactId` never counts twice. An empty zone, or one that is none, means the tenant's. */
export type ContactRequest = ReservedContact & { readonly timeZone: string };

/** Contacts that no rule counts are kept for whoever looks at the person. */
const UNCOUNTED_KEPT = 16;
const MAX_RECENT = 64;
const ALLOWED: Reservation = { allowed: true };

export const noPermissionYet = (customerId: string): ContactPermission => ({
  id: customerId,
  consents: [],
  suppressions: [],
  contacts: [],
});

/** Decides and, when it is allowed, counts. What a person withdrew wins over everything, also over an earlier reservation. */
export function reserve(
  permission: ContactPermission,
  request: ContactRequest,
  policy: ContactPolicy,
): Decided & { readonly outcome: Reservation } {
  const outcome =
    closed(permission, request, policy) ??
    (isReserved(permission, request.contactId) ? ALLOWED : (tooOften(permission, request, policy) ?? ALLOWED));
  if (!outcome.allowed || isReserved(permission, request.contactId)) return { state: permission, events: [], outcome };
  const { contactId, channel, purpose, at } = request;
  const contacts = stillCounting([...permission.contacts, { contactId, channel, purpose, at }], policy, at);
  return { state: { ...permission, contacts }, events: [], outcome };
}

/** A contact that did not come about does not count. */
export function release(permission: ContactPermission, contactId: string): Decided {
  if (!isReserved(permission, contactId)) return { state: permission, events: [] };
  return { state: { ...permission, contacts: permission.contacts.filter((contact) => contact.contactId !== contactId) }, events: [] };
}

type Word = { readonly channel: ContactChannel; readonly purpose: Purpose; readonly proof: Proof; readonly at: number };

/**
 * @throws DomainError rule_violated consent_withdrawn when a list that somebody imports meets a person who said no: only
 *   the person's own act opens that again
 */
export function giveConsent(permission: ContactPermission, word: Word): Decided {
  const before = latest(permission, word.channel, word.purpose);
  if (before?.state === "given") return { state: permission, events: [] };
  if (before && word.proof === "import") {
    throw new DomainError(
      "rule_violated",
      "consent_withdrawn",
      "this person opted out: an import cannot undo that, only the person's own consent can",
    );
  }
  return spoken(permission, word, "given");
}

/** Closes one purpose on one channel; the others stay as they are. */
export function optOut(permission: ContactPermission, word: Word): Decided {
  if (latest(permission, word.channel, word.purpose)?.state === "withdrawn") return { state: permission, events: [] };
  return spoken(permission, word, "withdrawn");
}

/** Closes a channel for every purpose because it leads nowhere. */
export function suppress(permission: ContactPermission, suppression: Suppression): Decided {
  if (permission.suppressions.some(({ channel }) => channel === suppression.channel)) return { state: permission, events: [] };
  return { state: { ...permission, suppressions: [...permission.suppressions, suppression] }, events: [] };
}

function spoken(permission: ContactPermission, { channel, purpose, proof, at }: Word, state: Consent["state"]): Decided {
  const others = permission.consents.filter((consent) => consent.channel !== channel || consent.purpose !== purpose);
  const consents = [...others, { channel, purpose, state, at, proof }];
  return {
    state: { ...permission, consents },
    events: [{ type: state === "given" ? "consent_given" : "opted_out", at, channel, purpose, proof }],
  };
}

/** Rules that hold for every contact, however often it is asked for. */
function closed(
  permission: ContactPermission,
  { channel, purpose, timeZone, at }: ContactRequest,
  policy: ContactPolicy,
): Reservation | undefined {
  const consent = latest(permission, channel, purpose);
  if (consent?.state === "withdrawn") return refused("opted_out");
  if (permission.suppressions.some((suppression) => suppression.channel === channel)) return refused("suppressed");
  if (!consent && policy.consentFor.includes(purpose)) return refused("no_consent");
  const until = quietUntil(policy, purpose, timeZone, at);
  return until === undefined ? undefined : refused("quiet_hours", until);
}

/** Rules that count earlier contacts; service messages are exempt. */
function tooOften(
  { contacts }: ContactPermission,
  { purpose, at }: ContactRequest,
  { marketingCap, surveyRestMs }: ContactPolicy,
): Reservation | undefined {
  const within = (windowMs: number) => contacts.filter((contact) => contact.purpose === purpose && contact.at > at - windowMs);
  if (purpose === "marketing") {
    const counted = within(marketingCap.windowMs);
    const oldest = counted[counted.length - marketingCap.max] ?? counted[0];
    if (counted.length >= marketingCap.max) return refused("cap", oldest && oldest.at + marketingCap.windowMs);
  }
  if (purpose === "survey") {
    const last = within(surveyRestMs).at(-1);
    if (last) return refused("rest_period", last.at + surveyRestMs);
  }
  return undefined;
}

function stillCounting(contacts: readonly ReservedContact[], { marketingCap, surveyRestMs }: ContactPolicy, at: number): ReservedContact[] {
  const window = { marketing: marketingCap.windowMs, survey: surveyRestMs, service: 0 };
  const uncounted = new Set(contacts.filter((contact) => contact.at <= at - window[contact.purpose]).slice(-UNCOUNTED_KEPT));
  return contacts
    .filter((contact) => contact.at > at - window[contact.purpose] || uncounted.has(contact))
    .sort((a, b) => a.at - b.at)
    .slice(-MAX_RECENT);
}

function latest({ consents }: ContactPermission, channel: ContactChannel, purpose: Purpose): Consent | undefined {
  return consents.find((consent) => consent.channel === channel && consent.purpose === purpose);
}

function isReserved({ contacts }: ContactPermission, contactId: string): boolean {
  return contacts.some((contact) => contact.contactId === contactId);
}

function refused(refusedBy: RefusedBy, retryAt?: number): Reservation {
  return { allowed: false, refusedBy, retryAt };
}
