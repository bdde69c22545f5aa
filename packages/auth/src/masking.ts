import { CONTACT_DETAILS } from "./permissions.ts";
import type { Principal } from "./principal.ts";

/** "+86139****0001": enough to talk about it, not enough to dial it. */
export function maskedNumber(number: string): string {
  if (number.length < 4) return number === "" ? "" : "****";
  const shown = number.length >= 11 ? number.length - 8 : 0;
  return `${number.slice(0, shown)}****${number.slice(number.length >= 11 ? -4 : -2)}`;
}

/** "l****@example.com" */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? (email === "" ? "" : "****") : `${at > 1 ? email.slice(0, 1) : ""}****${email.slice(at)}`;
}

/** How this reader gets numbers and addresses: whole with the right to it, else masked. */
export function contactDetailsFor({ permissions }: Pick<Principal, "permissions">): {
  readonly number: (number: string) => string;
  readonly email: (email: string) => string;
} {
  if (permissions.has(CONTACT_DETAILS)) return { number: (number) => number, email: (email) => email };
  return { number: maskedNumber, email: maskedEmail };
}
