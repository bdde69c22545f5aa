import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** Chinese mobile numbers of ranges that are wholly in use: most callers, and the full parse takes many times as long. */
const MAINLAND_MOBILE = /^(?:\+86|0086|86)?(1(?:[38]\d|5[0-35-9])\d{8})$/;

/** Direction marks, joiners, soft hyphens: what is pasted along and seen by nobody. */
const INVISIBLE = /\p{Cf}/gu;
/** What people type and switches send between digits; every dash. */
const PUNCTUATION = /[\s\p{Pd}().[\]/·・_']/gu;
/** The address in `"Wang, Wei" <sip:+86...>`; a name before it may look like a number. */
const NAME_ADDR = /<([^<>]*)>[^<>]*$/;
const SCHEME = /^(?:sips?|tel|callto):/i;
/** Host, parameters (`;npdi;rn=...`, `;user=phone`) and headers of a SIP or tel URI. RFC 3261 section 19.1, RFC 3966. */
const URI_REST = /[@;?].*$/s;
/** An extension behind a number, as people write it: 转801, ext. 801, x801, #801, or a pause before it. */
const EXTENSION = /(?:转|轉|分机|分機|ext\.?|x|#|,|p|w)\D{0,3}\d{1,8}$/iu;
/** The same with nothing but a dash before it, 010-62345678-801: only where the whole is no number. */
const DASHED_EXTENSION = /^(.*\d{4})\p{Pd}\d{1,6}$/u;
/** The trunk prefix that is left out with the country code: +86 (0)10 ... */
const SHOWN_TRUNK_PREFIX = /^(\+\d{1,3}\s*)\(0\)/;

/** What a caller's field holds instead of a number when there is none to see. RFC 3323, RFC 3325, and what exchanges write. */
const WITHHELD = new Set([
  "",
  "<unknown>",
  "unknown",
  "anonymous",
  "restricted",
  "private",
  "withheld",
  "unavailable",
  "blocked",
  "asterisk",
]);

/** Whom a SIP or tel address, or a caller's field, is about: the part before host and parameters, in plain characters. */
export function subscriberOf(raw: string): string {
  const text = raw.normalize("NFKC").replace(INVISIBLE, "").trim();
  const address = NAME_ADDR.exec(text)?.[1] ?? text;
  return SCHEME.test(address) || address !== text ? address.replace(SCHEME, "").replace(URI_REST, "").trim() : text;
}

/** Whether the caller's field says that the number is not to be seen. */
export function isWithheld(raw: string): boolean {
  return WITHHELD.has(raw.trim().toLowerCase()) || WITHHELD.has(subscriberOf(raw).toLowerCase());
}

/**
 * A caller's number in E.164, or undefined when it is withheld, a service code or no number at all. National numbers are
 * read as Chinese ones; carriers also send the country code without its plus.
 */
export function normalizeNumber(raw: string): string | undefined {
  const usual = MAINLAND_MOBILE.exec(raw)?.[1];
  if (usual) return `+86${usual}`;
  const text = subscriberOf(raw).replace(URI_REST, "").replace(SHOWN_TRUNK_PREFIX, "$1");
  const main = text.replace(EXTENSION, "");
  return read(main) ?? read(DASHED_EXTENSION.exec(main)?.[1] ?? "");
}

function read(spaced: string): string | undefined {
  const text = spaced.replace(PUNCTUATION, "");
  const mobile = MAINLAND_MOBILE.exec(text)?.[1];
  if (mobile) return `+86${mobile}`;
  if (!/^\+?\d{5,20}$/.test(text)) return undefined;
  const candidates = text.startsWith("00") ? [`+${text.slice(2)}`] : text.startsWith("+") ? [text] : [text, `+${text}`];
  for (const candidate of candidates) {
    // Also with the trunk prefix left in behind the country code: 86-010-62345678.
    for (const form of [candidate, candidate.replace(/^\+860/, "+86")]) {
      const parsed = parsePhoneNumberFromString(form, "CN");
      if (parsed?.isValid()) return parsed.number;
    }
  }
  return undefined;
}
