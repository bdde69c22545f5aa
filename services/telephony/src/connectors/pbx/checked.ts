import { DomainError } from "@trunkline/errors";

/** What goes into an order to an exchange: nothing passes that could end a word there. */

const EXTENSION = /^[A-Za-z0-9+*#]{1,32}$/;
const NUMBER = /^[0-9+*#]{1,32}$/;
const OFFER_ID = /^[\w-]{1,64}$/;

function refused(code: string, message: string): DomainError {
  return new DomainError("invalid", code, message);
}

export const isNumber = (value: string): boolean => NUMBER.test(value);

export function checkedExtension(value: string): string {
  if (EXTENSION.test(value)) return value;
  throw refused("pbx_extension_invalid", "an extension has 1 to 32 letters, digits, +, * or #: check the destination");
}

export function checkedNumber(value: string): string {
  if (isNumber(value)) return value;
  throw refused("pbx_number_invalid", "a number to dial has 1 to 32 digits, +, * or #: check the destination");
}

/** An offer's or a call's id that becomes part of a channel's. */
export function checkedId(value: string): string {
  if (OFFER_ID.test(value)) return value;
  throw refused("pbx_id_invalid", "an id for the PBX has 1 to 64 letters, digits, - or _: give another one");
}
