import { queryOptions } from "@tanstack/react-query";
import type { Field, Kind, Label } from "@trunkline/proto/records";
import { records } from "../api/clients.ts";
import { readable } from "../format/number.ts";
import { moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { decimalsOf } from "./field-values.ts";

/** Those that the reader may read. */
export const kindsQuery = queryOptions({
  queryKey: ["kinds"],
  staleTime: 60_000,
  queryFn: async () => (await records.describeKinds({})).kinds,
});

export const labelOf = (text: Texts, label: Label | undefined): string =>
  (text.language === "en" ? label?.en : label?.zh) || label?.zh || label?.en || "";

export const fieldOf = ({ fields }: Kind, name: string): Field | undefined => fields.find((field) => field.name === name);
export const rightOf = ({ rights }: Kind, right: string): boolean => rights.includes(right);

/** The names behind ids: what the server has told of links, and employees. */
export type Names = { readonly linked: Readonly<Record<string, string>>; readonly people: ReadonlyMap<string, string> };

/** A field's value as people read it. */
export function useShown(): (field: Field, value: unknown, names: Names) => string {
  const text = useTexts();
  return (field, value, names) => shown(text, field, value, names);
}

function shown(text: Texts, field: Field, value: unknown, names: Names): string {
  if (value === undefined || value === null || value === "") return "";
  if (Array.isArray(value)) return value.map((one) => shown(text, field, one, names)).join(text.language === "en" ? ", " : "、");
  switch (field.type) {
    case "choice":
      return labelOf(text, field.choices.find((one) => one.value === value)?.label) || String(value);
    case "link":
      return (field.to === "employee" ? names.people.get(String(value)) : names.linked[String(value)]) ?? "…";
    case "instant":
      return moment(Number(value), Date.now(), text.language);
    case "yes_no":
      return text(value === true ? "records.yes" : "records.no");
    case "phone":
      return readable(String(value));
    case "number":
      return new Intl.NumberFormat(text.language).format(Number(value));
    case "money": {
      const { minor = 0, currency = "CNY" } = value as { minor?: number; currency?: string };
      return new Intl.NumberFormat(text.language, { style: "currency", currency }).format(minor / 10 ** decimalsOf(currency));
    }
    case "address":
      return String((value as { line?: string }).line ?? "");
    default:
      return String(value);
  }
}
