import { isWithheld, subscriberOf } from "@trunkline/phone-number";
import { type Caller, type CallerFlag, MAX_TEXT } from "./facts.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/g;
/** The common case, tested without building anything. */
const PRINTABLE = /^[ -~]*$/;
const TELEPHONE_NUMBER = /^\+?[0-9*#][0-9*# ().-]*$/;
const NO_FLAGS: readonly CallerFlag[] = [];

/** Control characters and broken text out, at most 64 characters, never half of a surrogate pair. */
export function bounded(text: string, max = MAX_TEXT): string {
  if (text.length <= max && PRINTABLE.test(text)) return text;
  // Half of a surrogate pair becomes U+FFFD, which goes with the rest of what is broken; also where the cut makes one.
  const clean = text.toWellFormed().replace(UNPRINTABLE, "");
  return clean.length <= max ? clean : clean.slice(0, max).toWellFormed().replace(UNPRINTABLE, "");
}

/** Who calls, of what the exchange says: number and name as they came, and the number that was called. */
export function callerOf(number: string, name: string, dialed: string): Caller {
  const dialedNumber = bounded(dialed);
  // The number stands at the end of a long address.
  const callerNumber = bounded(number.length > MAX_TEXT ? subscriberOf(number) : number).trim();
  const callerName = name === "<unknown>" ? "" : bounded(name).trim();
  const flags: CallerFlag[] = [];
  const withheld = isWithheld(number);
  if (withheld) flags.push("withheld");
  else if (!TELEPHONE_NUMBER.test(callerNumber)) flags.push("not_a_number");
  if (number.search(UNPRINTABLE) >= 0 || name.search(UNPRINTABLE) >= 0) flags.push("cleaned");
  if (number.length > MAX_TEXT || name.length > MAX_TEXT) flags.push("cut");
  return {
    callerNumber: withheld ? "" : callerNumber,
    callerName,
    callerFlags: flags.length === 0 ? NO_FLAGS : flags,
    dialedNumber,
  };
}
