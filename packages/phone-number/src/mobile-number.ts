import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** Where the numbering plan does not tell mobiles from landlines, a number may be one. */
const MOBILE = new Set(["MOBILE", "FIXED_LINE_OR_MOBILE"]);
/** As in phone-number.ts: most numbers, without the full parse. */
const MAINLAND_MOBILE = /^\+861(?:[38]\d|5[0-35-9])\d{8}$/;

/** Whether SMS to this number can arrive. @param number E.164 */
export function isMobileNumber(number: string): boolean {
  return MAINLAND_MOBILE.test(number) || MOBILE.has(parsePhoneNumberFromString(number)?.getType() ?? "");
}
