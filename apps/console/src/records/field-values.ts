import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Field } from "@trunkline/proto/records";

/** What stands in a field's input: text, as people write it. Lists have a line for each value. */
export type Draft = Readonly<Record<string, string>>;

export const asValue = (json: unknown): Value => fromJson(ValueSchema, (json ?? null) as JsonValue);
export const jsonOf = (value: Value | undefined): unknown => (value === undefined ? undefined : toJson(ValueSchema, value));

type Money = { readonly minor?: number; readonly currency?: string };
type Address = { readonly regionCode?: string; readonly line?: string };

const two = (n: number) => String(n).padStart(2, "0");

/** 2026-11-30T09:05, the reader's time: what an input of the browser holds. */
function localTime(at: number): string {
  const when = new Date(at);
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}T${two(when.getHours())}:${two(when.getMinutes())}`;
}

/** Digits behind the point of a currency's amounts. */
export function decimalsOf(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** As it stands in the input. */
export function typed(field: Field, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((one) => typed(field, one)).join("\n");
  if (field.type === "instant") return localTime(Number(value));
  if (field.type === "money") {
    const { minor = 0, currency = "CNY" } = value as Money;
    return (minor / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency));
  }
  if (field.type === "address") {
    const { regionCode = "", line = "" } = value as Address;
    return [regionCode, line].join(" ").trim();
  }
  return String(value);
}

/** What was typed as a value; null empties the field. What is no number stays text, and the server says what is wrong with it. */
export function meant(field: Field, text: string): unknown {
  if (field.many > 0) {
    const lines = text.split(/[\n;；]/).flatMap((line) => (line.trim() === "" ? [] : [one(field, line.trim())]));
    return lines.length === 0 ? null : lines;
  }
  return text.trim() === "" ? null : one(field, text.trim());
}

function one(field: Field, text: string): unknown {
  const number = Number(text.replaceAll(/[,，]/g, ""));
  switch (field.type) {
    case "number":
      return Number.isFinite(number) ? number : text;
    case "money": {
      const currency = field.currency || "CNY";
      return Number.isFinite(number) ? { minor: Math.round(number * 10 ** decimalsOf(currency)), currency } : text;
    }
    case "instant": {
      const at = new Date(text).getTime();
      return Number.isFinite(at) ? at : text;
    }
    case "yes_no":
      return text === "true" ? true : text === "false" ? false : text;
    case "address": {
      const [, regionCode = "", line = ""] = /^(\d{2,12})?\s*(.*)$/s.exec(text) ?? [];
      return { regionCode, line };
    }
    default:
      return text;
  }
}
