import type { Field } from "./field.ts";
import type { AnyKind } from "./kind.ts";
import type { AnyRecord } from "./record.ts";

/** How a record is called: by the first field that it is found by as a name, else by its number. */
export function titleOf({ fields }: AnyKind, record: AnyRecord): string {
  const [name] = Object.entries(fields as Readonly<Record<string, Field>>).find(([, { search }]) => search === "name") ?? [];
  return String((name && record[name]) ?? record.number ?? "");
}
