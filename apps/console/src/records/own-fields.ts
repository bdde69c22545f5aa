import type { Field } from "@trunkline/proto/records";

/** Those that an administrator chooses from. */
export const TYPES = ["text", "long_text", "number", "money", "date", "instant", "yes_no", "choice", "phone", "email", "address"] as const;

/** A field of the tenant's own, as a form holds it. */
export type OwnField = {
  /** Of the line in the form. */
  readonly key: string;
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly type: (typeof TYPES)[number];
  /** Of a choice: what can be chosen, between commas. */
  readonly choices: string;
  readonly required: boolean;
  readonly personal: boolean;
  readonly retired: boolean;
};

export const newOwnField = (): OwnField => ({
  key: crypto.randomUUID(),
  name: "",
  zh: "",
  en: "",
  type: "text",
  choices: "",
  required: false,
  personal: false,
  retired: false,
});

const shownAs = ({ label, value }: Field["choices"][number]): string => label?.zh || value;

const BETWEEN = /[,，;；\n]/;

export function toOwnField({ name, label, type, choices, required, personal, retired }: Field): OwnField {
  const offered = choices.filter((one) => !one.retired).map(shownAs);
  return {
    key: name,
    name,
    zh: label?.zh ?? "",
    en: label?.en ?? "",
    type: type as OwnField["type"],
    choices: offered.join("，"),
    required,
    personal,
    retired,
  };
}

/**
 * What is chosen anew is kept by its words: they are their own value.
 * @param was as it was saved: what this form does not show stays
 */
export function ownFieldOf({ name, zh, en, type, choices, required, personal, retired }: OwnField, was?: Field) {
  const words = [...new Set(choices.split(BETWEEN).map((one) => one.trim()))].filter((one) => one !== "");
  const saved = (word: string) => was?.choices.find((one) => shownAs(one) === word);
  const { $typeName: _, ...rest } = was ?? {};
  return {
    ...rest,
    name: name.trim(),
    label: { zh: zh.trim(), en: en.trim() || zh.trim() },
    type,
    required,
    personal,
    retired,
    choices: type === "choice" ? words.map((word) => saved(word) ?? { value: word, label: { zh: word, en: word } }) : [],
  };
}
