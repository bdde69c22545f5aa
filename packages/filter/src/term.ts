import { createHash } from "node:crypto";
import { folded } from "@trunkline/search";

export type Scalar = string | number | boolean;

/** Longer texts lead by their hash. */
const LONGEST = 60;

/** Under what a record is found that has this value in this field. Two values may share one: what it leads to is looked at again. */
export function termOf(field: string, value: Scalar): string {
  const text = typeof value === "string" ? folded(value) : String(value);
  return `${field}=${text.length <= LONGEST ? text : createHash("sha256").update(text).digest("base64url").slice(0, 22)}`;
}
