import { pinyin } from "pinyin-pro";

/** Digits at a number's end by which it is found. */
const LAST_DIGITS = 4;
/** A longer beginning is cut to this; what has it is then compared in full. */
const LONGEST = 12;

export type Searched = { readonly by: "phone" | "name" | "pinyin"; readonly text: string };

/** Beginnings of names, of their pinyin and its initials, and last digits: what a record is found by under one index. */
export function searchKeys({ name, phones }: { readonly name: string; readonly phones: readonly string[] }): string[] {
  const { full, initials } = spelled(name);
  return [
    ...new Set([
      ...phones.map((number) => `phone:${number.slice(-LAST_DIGITS)}`),
      ...beginnings("name", plain(name)),
      ...beginnings("pinyin", full),
      ...beginnings("pinyin", initials),
    ]),
  ];
}

/** What somebody typed, as a key; undefined for what nothing can be found by. */
export function searched(query: string): Searched | undefined {
  const text = plain(query);
  const digits = text.replace(/^\+/, "");
  if (/^\d+$/.test(digits)) return digits.length >= LAST_DIGITS ? { by: "phone", text: digits } : undefined;
  if (text === "") return undefined;
  return /^[a-z]+$/.test(text) ? { by: "pinyin", text } : { by: "name", text };
}

export function keyOf({ by, text }: Searched): string {
  return by === "phone" ? `phone:${text.slice(-LAST_DIGITS)}` : `${by}:${text.slice(0, LONGEST)}`;
}

/** Whether a record that has the key is what was looked for, for keys are cut. */
export function fits({ by, text }: Searched, { name, phones }: { readonly name: string; readonly phones: readonly string[] }): boolean {
  if (by === "phone") return phones.some((number) => number.endsWith(text));
  if (by === "name") return plain(name).startsWith(text);
  const { full, initials } = spelled(name);
  return full.startsWith(text) || initials.startsWith(text);
}

const plain = (text: string) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s·.-]+/g, "");

/** Latin names spell themselves. */
function spelled(name: string): { full: string; initials: string } {
  const syllables = pinyin(name, { toneType: "none", type: "array", surname: "head", nonZh: "consecutive" })
    .map(plain)
    .filter((one) => one !== "");
  return { full: syllables.join(""), initials: syllables.map((syllable) => syllable.slice(0, 1)).join("") };
}

function beginnings(by: Searched["by"], text: string): string[] {
  return Array.from({ length: Math.min(LONGEST, text.length) }, (_, n) => `${by}:${text.slice(0, n + 1)}`);
}
