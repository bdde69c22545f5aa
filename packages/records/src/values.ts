import type { Filterable, Scalar } from "@trunkline/filter";
import { normalizeNumber } from "@trunkline/phone-number";
import { Text } from "@trunkline/proto";
import { faultOf } from "@trunkline/rpc";
import type { Address, Field, FieldType, Money } from "./field.ts";

/** Why a value cannot be kept: the last part of what a client is told of the field. */
export type Problem =
  | "value_missing"
  | "value_wrong_type"
  | "value_too_long"
  | "value_unseen"
  | "value_too_many"
  | "value_out_of_range"
  | "value_unknown"
  | "phone_invalid"
  | "email_invalid"
  | "date_invalid"
  | "region_invalid"
  | "field_unknown"
  | "field_read_only";

class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem);
    this.problem = problem;
  }
}

type Rules = {
  readonly as: Filterable<never>["as"];
  /** One value as it is kept; undefined: it is empty. @throws Refused */
  readonly keep: (raw: unknown, field: Field) => unknown;
};

const SHORT = 200;
const LONG = 10_000;
const HIGHEST = 1e15;
const LAST_INSTANT = 8.64e15;

/** What each type of field is, in one place. */
export const TYPES: Readonly<Record<FieldType, Rules>> = {
  text: { as: "text", keep: (raw, { max = SHORT }) => textOf(raw, max) },
  long_text: { as: "text", keep: (raw, { max = LONG }) => textOf(raw, max, Text.LINES) },
  number: { as: "number", keep: numberOf },
  money: { as: "number", keep: moneyOf },
  date: { as: "date", keep: dateOf },
  instant: { as: "instant", keep: (raw) => wholeOf(raw, LAST_INSTANT) },
  yes_no: { as: "exact", keep: (raw) => ofType(raw, "boolean") },
  choice: { as: "exact", keep: choiceOf },
  link: { as: "exact", keep: (raw) => textOf(raw, 64) },
  phone: { as: "exact", keep: phoneOf },
  email: { as: "exact", keep: emailOf },
  address: { as: "text", keep: addressOf },
};

/** A value as the field keeps it, undefined where it is empty; or what is wrong with it. */
export function kept(field: Field, raw: unknown): { readonly value: unknown } | { readonly problem: Problem } {
  try {
    return { value: field.many === undefined ? one(field, raw) : list(field, field.many, raw) };
  } catch (error) {
    if (error instanceof Refused) return { problem: error.problem };
    throw error;
  }
}

function one(field: Field, raw: unknown): unknown {
  return raw === null || raw === undefined || raw === "" ? undefined : TYPES[field.type].keep(raw, field);
}

function list(field: Field, many: number, raw: unknown): unknown {
  if (raw === null || raw === undefined) return undefined;
  if (!Array.isArray(raw)) throw new Refused("value_wrong_type");
  const values = raw.map((each) => one(field, each)).filter((value) => value !== undefined);
  const once = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
  if (once.length > many) throw new Refused("value_too_many");
  return once.length === 0 ? undefined : once;
}

/** What is compared of a kept value, whatever its field: the amount of money, the line of an address. */
export function scalarsOf(value: unknown): readonly Scalar[] {
  if (value === undefined || value === null) return [];
  return [value].flat().map((one) => {
    if (typeof one !== "object") return one as Scalar;
    const { minor, line = "" } = one as Partial<Money & Address>;
    return minor ?? line;
  });
}

function ofType(raw: unknown, type: "string" | "number" | "boolean"): never {
  if (typeof raw !== type) throw new Refused("value_wrong_type");
  return raw as never;
}

/** Without spaces around it; lengths are in characters as people count them, so that 𠮷 is one. */
function textOf(raw: unknown, max: number, kind = Text.LINE_UNSPECIFIED): string | undefined {
  const text = String(ofType(raw, "string")).normalize("NFC").trim();
  if (text.length > max && [...text].length > max) throw new Refused("value_too_long");
  if (text !== "" && faultOf(text, kind) !== undefined) throw new Refused("value_unseen");
  return text === "" ? undefined : text;
}

function wholeOf(raw: unknown, most: number): number {
  const whole: number = ofType(raw, "number");
  if (!Number.isSafeInteger(whole) || Math.abs(whole) > most) throw new Refused("value_out_of_range");
  return whole;
}

function numberOf(raw: unknown, { min = -HIGHEST, max = HIGHEST, decimals = 0 }: Field): number {
  const value: number = ofType(raw, "number");
  if (!Number.isFinite(value) || value < min || value > max) throw new Refused("value_out_of_range");
  // As it is written, so that 0.1 + 0.2 is no more than it looks.
  const rounded = Number(value.toFixed(decimals));
  if (Math.abs(rounded - value) > 1e-9 * Math.max(1, Math.abs(value))) throw new Refused("value_out_of_range");
  return rounded;
}

function moneyOf(raw: unknown, { currency: usual = "CNY", min, max }: Field): Money {
  const { minor, currency = usual } = (typeof raw === "object" ? raw : { minor: raw }) as { minor?: unknown; currency?: unknown };
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) throw new Refused("value_wrong_type");
  const whole = wholeOf(minor, HIGHEST);
  if ((min !== undefined && whole < min) || (max !== undefined && whole > max)) throw new Refused("value_out_of_range");
  return { minor: whole, currency };
}

function dateOf(raw: unknown): string {
  const text: string = ofType(raw, "string");
  try {
    if (Temporal.PlainDate.from(text).toString() === text) return text;
  } catch {
    // said below
  }
  throw new Refused("date_invalid");
}

/** What has been retired may stay, and is told apart by whoever shows it. */
function choiceOf(raw: unknown, { choices = [] }: Field): string {
  const value: string = ofType(raw, "string");
  if (choices.some((one) => one.value === value)) return value;
  throw new Refused("value_unknown");
}

function phoneOf(raw: unknown): string {
  const number = normalizeNumber(ofType(raw, "string"));
  if (number === undefined) throw new Refused("phone_invalid");
  return number;
}

function emailOf(raw: unknown): string {
  const email = String(ofType(raw, "string")).trim().toLowerCase();
  if (email.length > 254 || !/^[^\s@<>"(),;:]+@[^\s@<>"(),;:]+\.[^\s@<>"(),;:]+$/.test(email)) throw new Refused("email_invalid");
  return email;
}

function addressOf(raw: unknown): Address | undefined {
  if (typeof raw !== "object") throw new Refused("value_wrong_type");
  const { regionCode = "", line = "" } = raw as { regionCode?: unknown; line?: unknown };
  if (typeof regionCode !== "string" || !/^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$/.test(regionCode))
    throw new Refused("region_invalid");
  const where = textOf(line, 500) ?? "";
  return where === "" && regionCode === "" ? undefined : { regionCode, line: where };
}
