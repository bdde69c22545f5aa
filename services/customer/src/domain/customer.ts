import { DomainError } from "@trunkline/errors";
import { normalizeNumber } from "@trunkline/phone-number";
import { plain, searchKeys } from "@trunkline/search";
import type { Asset } from "./asset.ts";
import type { Reader } from "./readers.ts";

export type OpenRequest = { readonly id: string; readonly type: string; readonly priority: string; readonly openedAt: number };
export type RecentContact = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly at: number;
  readonly employeeId: string;
};
export type OwnedAsset = Pick<Asset, "id" | "product" | "serial" | "site" | "warrantyUntil">;

export type Customer = {
  readonly id: string;
  readonly kind: "person" | "company";
  readonly name: string;
  /** E.164, the preferred one first. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly grade: string;
  readonly tags: readonly string[];
  readonly regionCode: string;
  readonly address: string;
  readonly timeZone: string;
  readonly alerts: readonly string[];
  readonly createdAt: number;
  /** How often it was changed. */
  readonly revision?: number;
  /** What the record is found by; made of name and numbers. */
  readonly searchKeys: readonly string[];
  /** Newest first, so that whoever answers a call sees them without a second question. */
  readonly recentContacts: readonly RecentContact[];
  readonly openRequests: readonly OpenRequest[];
  /** In use, the one entered last first; absent until the first one. */
  readonly assets?: readonly OwnedAsset[];
  /** How many are in use, counted to 200. */
  readonly assetCount?: number;
  /** Who sees the record because a visit or request of theirs names it; see readers.ts. */
  readonly readers?: readonly Reader[];
};

/** Nothing that identifies the person. */
type Told = { readonly at: number; readonly grade: string; readonly tags: readonly string[]; readonly regionCode: string };
export type CustomerEvent = Told & ({ readonly type: "created" } | { readonly type: "changed"; readonly fields: readonly string[] });

export type NewCustomer = Omit<
  Customer,
  "createdAt" | "revision" | "searchKeys" | "recentContacts" | "openRequests" | "assets" | "assetCount" | "readers"
>;

const RECENT = 5;
const OPEN_SHOWN = 20;
const ASSETS_SHOWN = 5;

export type Details = Omit<NewCustomer, "id" | "kind">;
type Decided = { state: Customer; events: CustomerEvent[] };

/** @throws DomainError invalid phone_invalid, time_zone_invalid */
export function createCustomer(input: NewCustomer, at: number): Decided {
  const details = checked(input);
  const state: Customer = {
    ...input,
    ...details,
    searchKeys: searchKeys(details),
    createdAt: at,
    recentContacts: [],
    openRequests: [],
  };
  return { state, events: [{ type: "created", ...told(state, at) }] };
}

/**
 * @param changes the fields that are to be as they stand here; what is not named stays
 * @throws DomainError invalid phone_invalid, time_zone_invalid
 */
export function changeCustomer(customer: Customer, changes: Partial<Details>, at: number): Decided {
  const details = checked({ ...detailsOf(customer), ...changes });
  const fields = (Object.keys(details) as (keyof Details)[]).filter(
    (field) => JSON.stringify(details[field]) !== JSON.stringify(customer[field]),
  );
  if (fields.length === 0) return { state: customer, events: [] };
  const state: Customer = { ...customer, ...details, searchKeys: searchKeys(details), revision: (customer.revision ?? 0) + 1 };
  return { state, events: [{ type: "changed", fields, ...told(state, at) }] };
}

const told = ({ grade, tags, regionCode }: Customer, at: number): Told => ({ at, grade, tags, regionCode });

function detailsOf({ name, phones, emails, grade, tags, regionCode, address, timeZone, alerts }: Details): Details {
  return { name, phones, emails, grade, tags, regionCode, address, timeZone, alerts };
}

/** In one form; the position of a bad number is told, but not the number. */
function checked(input: Details): Details {
  if (input.timeZone !== "" && !isZone(input.timeZone))
    throw new DomainError("invalid", "time_zone_invalid", "there is no such time zone: write it as Asia/Shanghai, or leave it empty");
  const details = detailsOf(input);
  return {
    ...details,
    name: details.name.trim(),
    phones: normalized(details.phones),
    emails: [...new Set(details.emails.map((email) => email.toLowerCase()))],
    tags: [...new Set(details.tags)],
  };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function normalized(phones: readonly string[]): string[] {
  const numbers = phones.map((raw, index) => {
    const number = normalizeNumber(raw);
    if (number) return number;
    throw new DomainError(
      "invalid",
      "phone_invalid",
      `phone ${index + 1} is not a telephone number: give it with area code, or as +86...`,
      { position: index + 1 },
    );
  });
  return [...new Set(numbers)];
}

/** Puts a contact's latest state into the head of the trail; the same contact stands there once. */
export function recordContact(customer: Customer, contact: RecentContact): { state: Customer; events: CustomerEvent[] } {
  const others = customer.recentContacts.filter(({ id }) => id !== contact.id);
  const recentContacts = [contact, ...others].sort((a, b) => b.at - a.at).slice(0, RECENT);
  return { state: { ...customer, recentContacts }, events: [] };
}

export function recordOpenRequest(customer: Customer, request: OpenRequest): { state: Customer; events: CustomerEvent[] } {
  const others = customer.openRequests.filter(({ id }) => id !== request.id);
  const openRequests = [request, ...others].sort((a, b) => b.openedAt - a.openedAt).slice(0, OPEN_SHOWN);
  return { state: { ...customer, openRequests }, events: [] };
}

export function recordClosedRequest(customer: Customer, requestId: string): { state: Customer; events: CustomerEvent[] } {
  return { state: { ...customer, openRequests: customer.openRequests.filter(({ id }) => id !== requestId) }, events: [] };
}

/** It is another's: nothing of it stays here. */
export function forgetRequest(customer: Customer, requestId: string): { state: Customer; events: CustomerEvent[] } {
  const source = `request/${requestId}`;
  const { state, events } = recordClosedRequest(customer, requestId);
  const recentContacts = state.recentContacts.filter(({ id }) => id !== source);
  const readers = (state.readers ?? []).filter((reader) => reader.source !== source);
  return { state: { ...state, recentContacts, readers }, events };
}

/** @param inUse all of them, in the order in which they are shown */
export function recordAssets(customer: Customer, inUse: readonly Asset[]): { state: Customer; events: CustomerEvent[] } {
  const assets = inUse
    .slice(0, ASSETS_SHOWN)
    .map(({ id, product, serial, site, warrantyUntil }) => ({ id, product, serial, site, warrantyUntil }));
  return { state: { ...customer, assets, assetCount: inUse.length }, events: [] };
}

/** One record has the number: sure. Several share it: maybe, the one dealt with last first. */
export function certaintyOf(matches: number): "sure" | "maybe" | "none" {
  return matches === 0 ? "none" : matches === 1 ? "sure" : "maybe";
}

/** Who of several it most likely is: whoever has something open, then the better grade, then the one dealt with last. */
export function rankMatches(matches: readonly Customer[]): Customer[] {
  const open = ({ openRequests }: Customer) => (openRequests.length > 0 ? 0 : 1);
  const grade = (customer: Customer) => customer.grade || "Z";
  const last = (customer: Customer) => customer.recentContacts[0]?.at ?? customer.createdAt;
  return [...matches].sort((a, b) => open(a) - open(b) || grade(a).localeCompare(grade(b)) || last(b) - last(a) || (a.id < b.id ? -1 : 1));
}

const BEST_FIRST: readonly string[] = ["phone_same", "email_same", "name_same", "address_same"];
type Wanted = Pick<Details, "name" | "phones" | "emails" | "address">;

/**
 * Why two records may be the same person or company, the best reason first; empty: they have nothing in common that says so. Many live at one
 * address: it says something of who has the same name, and nothing by itself.
 */
export function duplicateReasons(wanted: Wanted, customer: Customer): readonly string[] {
  const name = wanted.name !== "" && plain(wanted.name) === plain(customer.name);
  const same: Readonly<Record<string, boolean>> = {
    phone_same: wanted.phones.some((number) => customer.phones.includes(number)),
    email_same: wanted.emails.some((email) => customer.emails.includes(email)),
    name_same: name,
    address_same: name && wanted.address !== "" && plain(wanted.address) === plain(customer.address),
  };
  return BEST_FIRST.filter((reason) => same[reason]);
}

/** Those who may be the same: by their best reason, then by how much else agrees, then as who calls. */
export function rankDuplicates(wanted: Wanted, customers: readonly Customer[]): Customer[] {
  const best = (reasons: readonly string[]) => BEST_FIRST.indexOf(reasons[0] ?? "");
  return rankMatches(customers)
    .map((customer) => ({ customer, reasons: duplicateReasons(wanted, customer) }))
    .filter(({ reasons }) => reasons.length > 0)
    .sort((a, b) => best(a.reasons) - best(b.reasons) || b.reasons.length - a.reasons.length)
    .map(({ customer }) => customer);
}
