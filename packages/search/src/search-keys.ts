import { normalizeNumber } from "@trunkline/phone-number";
import { pinyin } from "pinyin-pro";
import { plain } from "./text.ts";

/** Digits at a number's end by which it is found. */
const LAST_DIGITS = 4;
/** A longer beginning is cut to this; what has it is then compared in full. */
const LONGEST = 12;

type Named = { readonly name: string; readonly phones: readonly string[] };
export type Searched = { readonly by: "number" | "phone" | "name" | "pinyin"; readonly text: string };

/** Beginnings of names, of their pinyin and its initials, and last digits: what a record is found by under one index. */
export function searchKeys({ name, phones }: Named): string[] {
  return [
    ...new Set([
      ...phones.map((number) => `phone:${number.slice(-LAST_DIGITS)}`),
      ...beginnings("name", plain(name)),
      ...spellings(name).flatMap((spelling) => beginnings("pinyin", spelling)),
    ]),
  ];
}

/**
 * What somebody typed, each way in which it can be meant; empty for what nothing can be found by. A whole number is looked up as such; fewer
 * digits may end a number or begin a name (360公司), letters may be a Latin name or pinyin.
 */
export function searched(query: string): Searched[] {
  const number = normalizeNumber(query);
  if (number !== undefined) return [{ by: "number", text: number }];
  const text = plain(query);
  if (text === "") return [];
  if (/^[0-9]+$/.test(text)) return [...(text.length >= LAST_DIGITS ? [{ by: "phone" as const, text }] : []), { by: "name", text }];
  const letters = spelt(query);
  return /^[a-z0-9]+$/.test(letters) ? [{ by: "pinyin", text: letters }] : [{ by: "name", text }];
}

/** The key that leads to it; a whole number has an index of its own. */
export function keyOf({ by, text }: Searched): string {
  return by === "phone" ? `phone:${text.slice(-LAST_DIGITS)}` : `${by}:${text.slice(0, LONGEST)}`;
}

/** Whether a record that has the key is what was looked for, for keys are cut. */
export function fits({ by, text }: Searched, { name, phones }: Named): boolean {
  if (by === "number") return phones.includes(text);
  if (by === "phone") return phones.some((number) => number.endsWith(text));
  if (by === "name") return plain(name).startsWith(text);
  return spellings(name).some((spelling) => spelling.startsWith(text));
}

/** As letters of a keyboard: tone marks off, ü as v. */
const spelt = (text: string) =>
  plain(text)
    .normalize("NFD")
    .replace(/u\u0304?\u0308/gu, "v")
    .replace(/\p{M}/gu, "");

/** Ways to type a syllable's ü: lv, lu and, in passports, lyu. */
const UMLAUTS = ["v", "u", "yu"];

/** How the name and its initials are typed. Latin names spell themselves. */
function spellings(name: string): string[] {
  const syllables = pinyin(name, { toneType: "none", type: "array", surname: "head", nonZh: "consecutive" })
    .map(spelt)
    .filter((one) => one !== "");
  const full = syllables.join("");
  const umlaut = /v/.test(full) && /[\u4e00-\u9fff]/u.test(name);
  const initials = syllables.map((syllable) => (/^[0-9]+$/.test(syllable) ? syllable : syllable.slice(0, 1))).join("");
  return [...(umlaut ? UMLAUTS.map((typed) => full.replaceAll("v", typed)) : [full]), initials];
}

function beginnings(by: Searched["by"], text: string): string[] {
  return Array.from({ length: Math.min(LONGEST, text.length) }, (_, n) => `${by}:${text.slice(0, n + 1)}`);
}
