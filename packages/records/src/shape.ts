import { DomainError } from "@trunkline/errors";
import type { Field } from "./field.ts";
import type { Action, AnyKind } from "./kind.ts";

type OwnField = Field & { readonly name: string };

/** What a tenant has made of a kind (对象设置). */
export type KindSettings = {
  /** Its own fields, in their order. */
  readonly fields: readonly OwnField[];
  /** Of lists; empty: as the kind says. */
  readonly columns: readonly string[];
  readonly revision: number;
  readonly changedAt: number;
};
export const UNSET: KindSettings = { fields: [], columns: [], revision: 0, changedAt: 0 };

/** A kind as it is for one tenant. */
export type Shape = {
  readonly kind: string;
  /** In which state records begin. */
  readonly start: string;
  /** The kind's, then the tenant's own. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Names of the tenant's own. */
  readonly own: ReadonlySet<string>;
  readonly actions: Readonly<Record<string, Action>>;
};

export function shapeOf(kind: AnyKind, settings: KindSettings): Shape {
  const own = settings.fields.map(({ name, ...field }) => [name, field] as const);
  return {
    kind: kind.name,
    start: Object.keys(kind.states)[0] ?? "",
    fields: Object.fromEntries([...Object.entries(kind.fields as Record<string, Field>), ...own]),
    own: new Set(own.map(([name]) => name)),
    actions: (kind.actions ?? {}) as Readonly<Record<string, Action>>,
  };
}

const MOST_OWN_FIELDS = 200;
const NAME = /^[a-z][A-Za-z0-9]{0,39}$/;
/** Of every record: see RecordMeta; and of every object of the language. */
const TAKEN = new Set([
  "id",
  "kind",
  "number",
  "state",
  "ownerId",
  "sharedWith",
  "createdAt",
  "changedAt",
  "revision",
  "removedAt",
  "attributes",
  "history",
  "constructor",
]);
/** What stays as it was first saved, else what is stored would be read for something else. */
const FIXED = ["type", "many", "to", "currency"] as const;

/**
 * @throws invalid own_field_name_invalid | own_field_name_taken | own_field_missing | own_field_fixed | column_unknown | own_fields_too_many
 */
export function changeSettings(
  kind: AnyKind,
  before: KindSettings,
  wanted: Pick<KindSettings, "fields" | "columns">,
  at: number,
): KindSettings {
  const names = new Set<string>();
  if (wanted.fields.length > MOST_OWN_FIELDS)
    throw new DomainError("invalid", "own_fields_too_many", `a kind has at most ${MOST_OWN_FIELDS} own fields`);
  for (const field of wanted.fields) {
    checkName(kind, field.name, names);
    names.add(field.name);
    const saved = before.fields.find(({ name }) => name === field.name);
    const moved = saved && FIXED.find((what) => saved[what] !== field[what]);
    if (moved)
      throw new DomainError(
        "invalid",
        "own_field_fixed",
        `${moved} of a field that has been saved stays: retire ${field.name} and add another one`,
        { field: field.name },
      );
  }
  const gone = before.fields.find(({ name }) => !names.has(name));
  if (gone)
    throw new DomainError("invalid", "own_field_missing", `a field that has been saved is retired, not left out: ${gone.name}`, {
      field: gone.name,
    });
  const known = new Set([...TAKEN, ...Object.keys(kind.fields), ...names]);
  const column = wanted.columns.find((one) => !known.has(one));
  if (column !== undefined)
    throw new DomainError("invalid", "column_unknown", `there is no field ${column.slice(0, 60)}`, { field: column.slice(0, 60) });
  const fields = wanted.fields.map((field) =>
    withAllChoices(
      field,
      before.fields.find(({ name }) => name === field.name),
    ),
  );
  return { fields, columns: wanted.columns, revision: before.revision + 1, changedAt: at };
}

/** What could be chosen once is kept where it was chosen: a choice that is left out is not offered any more. */
function withAllChoices(field: OwnField, saved: OwnField | undefined): OwnField {
  const left = (saved?.choices ?? []).filter(({ value }) => !field.choices?.some((one) => one.value === value));
  if (left.length === 0) return field;
  return { ...field, choices: [...(field.choices ?? []), ...left.map((one) => ({ ...one, retired: true }))] };
}

function checkName(kind: AnyKind, name: string, others: ReadonlySet<string>): void {
  const shown = name.slice(0, 60);
  if (!NAME.test(name))
    throw new DomainError("invalid", "own_field_name_invalid", "a field's name is a small letter, then letters and digits, at most 40", {
      field: shown,
    });
  if (TAKEN.has(name) || Object.hasOwn(kind.fields, name) || others.has(name))
    throw new DomainError("invalid", "own_field_name_taken", `there is a field ${shown} already: choose another name`, { field: shown });
}
