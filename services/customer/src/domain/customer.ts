import { DomainError } from "@trunkline/errors";
import { normalizeNumber } from "@trunkline/phone-number";
import type { Asset } from "./asset.ts";
import { searchKeys } from "./search-keys.ts";

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
  /** What the record is found by; made of name and numbers. */
  readonly searchKeys: readonly string[];
  /** Newest first, so that whoever answers a call sees them without a second question. */
  readonly recentContacts: readonly RecentContact[];
  readonly openRequests: readonly OpenRequest[];
  /** In use, the one entered last first; absent until the first one. */
  readonly assets?: readonly OwnedAsset[];
  /** How many are in use, counted to 200. */
  readonly assetCount?: number;
};

export type CustomerEvent = {
  readonly type: "created";
  readonly at: number;
  readonly grade: string;
  readonly tags: readonly string[];
  readonly regionCode: string;
};

export type NewCustomer = Omit<Customer, "createdAt" | "searchKeys" | "recentContacts" | "openRequests" | "assets" | "assetCount">;

const RECENT = 5;
const OPEN_SHOWN = 20;
const ASSETS_SHOWN = 5;

/** @throws DomainError invalid phone_invalid, which tells the position of the number but not the number */
export function createCustomer(input: NewCustomer, at: number): { state: Customer; events: CustomerEvent[] } {
  const phones = input.phones.map((raw, index) => {
    const number = normalizeNumber(raw);
    if (number) return number;
    throw new DomainError(
      "invalid",
      "phone_invalid",
      `phone ${index + 1} is not a telephone number: give it with area code, or as +86...`,
      { position: index + 1 },
    );
  });
  const numbers = [...new Set(phones)];
  const state: Customer = {
    ...input,
    phones: numbers,
    searchKeys: searchKeys({ name: input.name, phones: numbers }),
    emails: [...new Set(input.emails.map((email) => email.toLowerCase()))],
    tags: [...new Set(input.tags)],
    timeZone: input.timeZone || "Asia/Shanghai",
    createdAt: at,
    recentContacts: [],
    openRequests: [],
  };
  return { state, events: [{ type: "created", at, grade: state.grade, tags: state.tags, regionCode: state.regionCode }] };
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

export function rankMatches(matches: readonly Customer[]): Customer[] {
  const last = (customer: Customer) => customer.recentContacts[0]?.at ?? customer.createdAt;
  return [...matches].sort((a, b) => last(b) - last(a) || (a.id < b.id ? -1 : 1));
}
