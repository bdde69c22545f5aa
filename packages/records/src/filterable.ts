import { CONTACT_DETAILS, type Principal } from "@trunkline/auth";
import type { Filterable, Scalar } from "@trunkline/filter";
import type { Field } from "./field.ts";
import { type AnyRecord, valueIn } from "./record.ts";
import type { Shape } from "./shape.ts";
import { kept, scalarsOf, TYPES } from "./values.ts";

/** Shown whole only to who may see contact details. */
export const MASKED: ReadonlySet<string> = new Set(["phone", "email"]);

const meta = (as: Filterable<AnyRecord>["as"], of: (record: AnyRecord) => Scalar | undefined): Filterable<AnyRecord> => ({
  as,
  isTerm: as === "exact",
  of: (record) => [of(record)].flatMap((value) => (value === undefined ? [] : [value])),
  wanted: (value) => (typeof value === (as === "exact" ? "string" : "number") ? (value as Scalar) : undefined),
});

/** What can be asked of every record beside its fields. */
export const META: Readonly<Record<string, Filterable<AnyRecord>>> = {
  number: meta("exact", ({ number }) => number),
  state: meta("exact", ({ state }) => state),
  ownerId: meta("exact", ({ ownerId }) => (ownerId === "" ? undefined : ownerId)),
  createdAt: meta("instant", ({ createdAt }) => createdAt),
  changedAt: meta("instant", ({ changedAt }) => changedAt),
};

/** How a field of this shape answers a filter. Who gets numbers and addresses masked cannot ask for them either. */
export function filterableIn(
  shape: Shape,
  { permissions }: Pick<Principal, "permissions">,
): (name: string) => Filterable<AnyRecord> | undefined {
  return (name) => {
    if (Object.hasOwn(META, name)) return META[name];
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (!field || (MASKED.has(field.type) && !permissions.has(CONTACT_DETAILS))) return undefined;
    const { many: _, ...single } = field;
    return {
      as: TYPES[field.type].as,
      isTerm: isTerm(field),
      of: (record) => scalarsOf(valueIn(shape, record, name)),
      wanted: (raw) => {
        // Of a part of a text any will do, and an address is asked for by its line.
        if (TYPES[field.type].as === "text") return typeof raw === "string" && raw.trim() !== "" ? raw : undefined;
        const result = kept(single, raw);
        return "value" in result ? scalarsOf(result.value)[0] : undefined;
      },
    };
  };
}

/** Nobody asks for a whole page of text. */
export const isTerm = ({ type }: Pick<Field, "type">) => type !== "long_text";
