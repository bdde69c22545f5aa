/** In the languages of the console. */
export type Label = readonly [zh: string, en: string];

export type FieldType =
  | "text"
  | "long_text"
  | "number"
  | "money"
  | "date"
  | "instant"
  | "yes_no"
  | "choice"
  | "link"
  | "phone"
  | "email"
  | "address";

export type Choice = { readonly value: string; readonly label: Label; readonly retired?: boolean };

/** What is particular to a field: plain data, so that one which a tenant adds is the same as one that is declared here. */
export type Field = {
  readonly type: FieldType;
  readonly label: Label;
  readonly required?: boolean;
  /** It identifies a person: in no event, log or report. */
  readonly personal?: boolean;
  /** A list of at most so many. */
  readonly many?: number;
  /** Of texts the longest, in characters; of numbers the highest. */
  readonly max?: number;
  readonly min?: number;
  /** Of numbers, digits behind the point. */
  readonly decimals?: number;
  readonly choices?: readonly Choice[];
  /** The kind that a link leads to. */
  readonly to?: string;
  /** By what is in it the record is found: as a name (with pinyin) or as a telephone number (by its last digits). */
  readonly search?: "name" | "number";
  /** ISO 4217, of money. */
  readonly currency?: string;
  /** Hidden from forms and lists; its values stay. */
  readonly retired?: boolean;
};

/** In minor units of its currency: 12345 of CNY is 123.45. */
export type Money = { readonly minor: number; readonly currency: string };
/** Where something or somebody is. */
export type Address = { readonly regionCode: string; readonly line: string };

declare const VALUE: unique symbol;
/** A field that a kind declares: TypeScript knows what is in it. */
export type Declared<V> = Field & { readonly [VALUE]?: V };
export type ValueOf<D> = D extends Declared<infer V> ? V : never;

type Options = Omit<Field, "type" | "label" | "choices" | "to">;
/** One value or a list, there always or at times, as the options say. */
type Held<V, O> = O extends { readonly many: number } ? readonly V[] : O extends { readonly required: true } ? V : V | undefined;

const fieldOf =
  <V>(type: FieldType, always: Partial<Options> = {}) =>
  <const O extends Options>(label: Label, options?: O): Declared<Held<V, O>> => ({ type, label, ...always, ...options });

export const text = fieldOf<string>("text");
export const longText = fieldOf<string>("long_text");
export const number = fieldOf<number>("number");
export const money = fieldOf<Money>("money");
/** `YYYY-MM-DD` where it happens. */
export const date = fieldOf<string>("date");
/** Epoch ms. */
export const instant = fieldOf<number>("instant");
export const yesNo = fieldOf<boolean>("yes_no");
/** E.164. */
export const phone = fieldOf<string>("phone", { personal: true, search: "number" });
export const email = fieldOf<string>("email", { personal: true });
export const address = fieldOf<Address>("address", { personal: true });

/** One of these, by its value. */
export function choice<const C extends Readonly<Record<string, Label>>, const O extends Options>(
  label: Label,
  choices: C,
  options?: O,
): Declared<Held<keyof C & string, O>> {
  return { type: "choice", label, choices: Object.entries(choices).map(([value, one]) => ({ value, label: one })), ...options };
}

/** The id of a record of another kind, of any service. */
export function link<const O extends Options>(label: Label, to: string, options?: O): Declared<Held<string, O>> {
  return { type: "link", label, to, ...options };
}
