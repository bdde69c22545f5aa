import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { contactDetailsFor, type Principal } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { type Condition, type Filter, OPERATORS, type Operator, operatorsOf } from "@trunkline/filter";
import {
  ActionSchema,
  ChangeSchema,
  type Condition as ConditionMessage,
  type Field as FieldMessage,
  FieldSchema,
  type Filter as FilterMessage,
  type Kind as KindMessage,
  KindSchema,
  type Record as RecordMessage,
  RecordSchema,
} from "@trunkline/proto/records";
import type { Field, FieldType, Label } from "./field.ts";
import { META } from "./filterable.ts";
import { asValue, jsonOf } from "./json-value.ts";
import type { AnyKind } from "./kind.ts";
import { type AnyRecord, type Change, valueIn } from "./record.ts";
import type { Rights } from "./rights.ts";
import type { KindSettings, Shape } from "./shape.ts";
import { sortableOf } from "./store.ts";
import { scalarsOf, TYPES } from "./values.ts";

/** What this reader gets to see of a field's value: numbers and addresses of people masked without the right to them. */
function shown(field: Field | undefined, value: unknown, reader: Principal): unknown {
  const { number, email } = contactDetailsFor(reader);
  const masked = field?.type === "phone" ? number : field?.type === "email" ? email : undefined;
  if (!masked || value === undefined || value === null) return value;
  return Array.isArray(value) ? value.map((one) => masked(String(one))) : masked(String(value));
}

/** @param names how what its links lead to is called, by id */
export function recordMessage(shape: Shape, record: AnyRecord, reader: Principal, names: ReadonlyMap<string, string>): RecordMessage {
  const { id, number = "", state, ownerId, createdAt, changedAt, revision, removedAt } = record;
  const values = Object.entries(shape.fields).flatMap(([name, field]) => {
    const value = shown(field, valueIn(shape, record, name), reader);
    return value === undefined ? [] : [[name, asValue(value)] as const];
  });
  const times = { createdAt: timestampFromMs(createdAt), changedAt: timestampFromMs(changedAt) };
  const removed = removedAt === undefined ? {} : { removedAt: timestampFromMs(removedAt) };
  const base = { recordId: id, kind: shape.kind, number, state, ownerId, revision, ...times, ...removed };
  const linked = linksIn(shape, record).flatMap(({ id: to }) => {
    const name = names.get(to);
    return name === undefined ? [] : [[to, name] as const];
  });
  return create(RecordSchema, { ...base, values: Object.fromEntries(values), linked: Object.fromEntries(linked) });
}

/** What a record's links lead to. */
export function linksIn(shape: Shape, record: AnyRecord): readonly { readonly to: string; readonly id: string }[] {
  return Object.entries(shape.fields).flatMap(([name, { type, to = "" }]) =>
    type === "link" ? scalarsOf(valueIn(shape, record, name)).map((id) => ({ to, id: String(id) })) : [],
  );
}

export function changeMessage(shape: Shape, { at, actor, what, fields, n }: Change, reader: Principal) {
  const changes = Object.entries(fields).map(([field, { was, is }]) => {
    const show = (value: unknown) => asValue(shown(shape.fields[field], value, reader));
    return { field, was: show(was), is: show(is) };
  });
  return create(ChangeSchema, { at: timestampFromMs(at), actor, what, fields: changes, revision: n });
}

const label = ([zh, en]: Label) => ({ zh, en });

function fieldMessage(name: string, field: Field, own: boolean): FieldMessage {
  const { label: text, choices = [], ...rest } = field;
  return create(FieldSchema, {
    ...rest,
    name,
    label: label(text),
    choices: choices.map((one) => ({ value: one.value, label: label(one.label), retired: one.retired ?? false })),
    own,
    operators: [...operatorsOf(TYPES[field.type].as)],
  });
}

/** What the product keeps of every record itself. */
function metaFields({ states }: AnyKind): readonly FieldMessage[] {
  const choices = Object.entries(states as Readonly<Record<string, Label>>).map(([value, one]) => ({ value, label: one }));
  const fields: Readonly<Record<string, Field>> = {
    number: { type: "text", label: ["编号", "Number"] },
    state: { type: "choice", label: ["状态", "State"], choices },
    ownerId: { type: "link", label: ["负责人", "Owner"], to: "employee" },
    createdAt: { type: "instant", label: ["创建时间", "Created"] },
    changedAt: { type: "instant", label: ["修改时间", "Changed"] },
  };
  return Object.entries(fields).map(([name, field]) => {
    const operators = [...operatorsOf(META[name]?.as ?? "exact")];
    return { ...fieldMessage(name, field, false), readOnly: true, operators };
  });
}

export function kindMessage(kind: AnyKind, shape: Shape, { columns, revision }: KindSettings, { may }: Rights): KindMessage {
  const isAllowed = (right: string | undefined) => may.has(right ?? "act");
  const actions = Object.entries(shape.actions).filter(([, { right }]) => isAllowed(right));
  return create(KindSchema, {
    kind: kind.name,
    label: label(kind.label),
    fields: [...Object.entries(shape.fields).map(([name, field]) => fieldMessage(name, field, shape.own.has(name))), ...metaFields(kind)],
    states: Object.entries(kind.states as Readonly<Record<string, Label>>).map(([state, text]) => ({ state, label: label(text) })),
    actions: actions.map(([action, { label: text, from, to, asks = {}, needs = [] }]) =>
      create(ActionSchema, {
        action,
        label: label(text),
        from: [...from],
        to,
        asks: Object.entries(asks).map(([name, field]) => fieldMessage(name, field, false)),
        needs: [...needs],
      }),
    ),
    columns: columns.length > 0 ? [...columns] : [...kind.list.columns].map(String),
    sort: kind.list.sort ?? "-createdAt",
    sortable: [...sortableOf(kind)],
    rights: [...may].sort(),
    revision,
  });
}

/** A tenant's own field as the console sends it. */
export function fieldFrom(message: FieldMessage): Field & { readonly name: string } {
  const { name, label: text, type, required, personal, many, max, min, decimals, choices, to, search, currency, retired } = message;
  return {
    name,
    type: type as FieldType,
    label: [text?.zh || text?.en || name, text?.en || text?.zh || name],
    ...(required ? { required } : {}),
    ...(personal ? { personal } : {}),
    ...(many > 0 ? { many } : {}),
    ...(max === undefined ? {} : { max }),
    ...(min === undefined ? {} : { min }),
    ...(decimals > 0 ? { decimals } : {}),
    ...(choices.length > 0
      ? {
          choices: choices.map((one) => ({
            value: one.value,
            label: [one.label?.zh || one.value, one.label?.en || one.value] as const,
            ...(one.retired ? { retired: true } : {}),
          })),
        }
      : {}),
    ...(to === "" ? {} : { to }),
    ...(search === "" ? {} : { search: search as "name" | "number" }),
    ...(currency === "" ? {} : { currency }),
    ...(retired ? { retired } : {}),
  };
}

const KNOWN: ReadonlySet<string> = new Set(OPERATORS);

/** The contract's tree as packages/filter's. A part that says nothing asks nothing. @throws invalid filter_operator_invalid */
export function filterFrom(message: FilterMessage | undefined): Filter {
  const { filter } = message ?? {};
  switch (filter?.case) {
    case "all":
      return { all: filter.value.filters.map(filterFrom) };
    case "any":
      return { any: filter.value.filters.map(filterFrom) };
    case "none":
      return { none: filter.value.filters.map(filterFrom) };
    case "condition":
      return conditionFrom(filter.value);
    default:
      return { all: [] };
  }
}

function conditionFrom({ field, operator, values }: ConditionMessage): Condition {
  if (KNOWN.has(operator)) return { field, operator: operator as Operator, values: values.map(jsonOf) };
  throw new DomainError("invalid", "filter_operator_invalid", `there is no operator ${operator}`, { field, operator });
}
