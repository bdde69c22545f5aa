import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** What people type and switches send between digits. */
const PUNCTUATION = /[\s().\-/]/g;

/** Chinese mobile numbers of ranges that are wholly in use: most callers, and the full parse takes many times as long. */
const MAINLAND_MOBILE = /^(?:\+86|0086|86)?(1(?:[38]\d|5[0-35-9])\d{8})$/;

/**
 * A caller's number in E.164, or undefined when it is withheld, a service code or no number at all. National numbers are
 * read as Chinese ones; carriers also send the country code without its plus.
 */
export function normalizeNumber(raw: string): string | undefined {
  const text = raw
    .trim()
    .replace(/^(sip:|tel:)/i, "")
    .replace(/@.*$/, "")
    .replace(PUNCTUATION, "");
  const mobile = MAINLAND_MOBILE.exec(text)?.[1];
  if (mobile) return `+86${mobile}`;
  if (!/^\+?\d{5,20}$/.test(text)) return undefined;
  const candidates = text.startsWith("00") ? [`+${text.slice(2)}`] : text.startsWith("+") ? [text] : [text, `+${text}`];
  for (const candidate of candidates) {
    const parsed = parsePhoneNumberFromString(candidate, "CN");
    if (parsed?.isValid()) return parsed.number;
  }
  return undefined;
}
