import type { Filter } from "./store.ts";

/** Only the fields that ask for something. */
export function given(filter: Readonly<Record<string, string>>): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}
