import { DomainError } from "@trunkline/errors";
import type { Field } from "./field.ts";
import type { Shape } from "./shape.ts";
import { kept, type Problem } from "./values.ts";

/** What every record has beside its kind's fields, which stand next to these. */
export type RecordMeta = {
  readonly id: string;
  /** For people; absent until it is given. */
  readonly number?: string;
  readonly state: string;
  readonly ownerId: string;
  /** Employees with whom it is shared. */
  readonly sharedWith: readonly string[];
  readonly createdAt: number;
  readonly changedAt: number;
  /** How often it was changed. */
  readonly revision: number;
  /** In the bin since then. */
  readonly removedAt?: number;
  /** Values of the tenant's own fields. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The latest changes, the oldest first; older ones stand in rows of their own. */
  readonly history: readonly Change[];
};
/** A record of any kind: its fields are told by the shape. */
export type AnyRecord = RecordMeta & Readonly<Record<string, unknown>>;

export type Change = {
  /** The revision that it made. */
  readonly n: number;
  readonly at: number;
  readonly actor: string;
  /** created, changed, assigned, removed, restored, or an action. */
  readonly what: string;
  /** What was and is, by field; undefined: empty. */
  readonly fields: Readonly<Record<string, { readonly was?: unknown; readonly is?: unknown }>>;
};

export type RecordEvent = {
  readonly type: "created" | "changed" | "acted" | "assigned" | "removed" | "restored";
  readonly at: number;
  readonly record: AnyRecord;
  readonly fields: readonly string[];
  readonly action?: string;
  readonly fromState?: string;
  readonly fromOwnerId?: string;
};
export type Decided = { readonly state: AnyRecord; readonly events: readonly RecordEvent[] };

/** By whom and when. */
export type By = { readonly actor: string; readonly at: number };
export type Values = Readonly<Record<string, unknown>>;

/** Bytes of a record without its history. */
const LARGEST = 64 * 1024;

export function createRecord(shape: Shape, { id, values, ownerId }: { id: string; values: Values; ownerId: string }, by: By): Decided {
  const filled = checked(shape, values, "create");
  const empty: AnyRecord = {
    id,
    state: shape.start,
    ownerId,
    sharedWith: [],
    createdAt: by.at,
    changedAt: by.at,
    revision: 0,
    attributes: {},
    history: [],
  };
  const state = sized({ ...placed(shape, empty, filled), history: [{ n: 0, ...by, what: "created", fields: {} }] });
  return { state, events: [{ type: "created", at: by.at, record: state, fields: Object.keys(filled) }] };
}

/** @param values the fields that are to be as they stand here, undefined or null to empty one; what is not named stays */
export function changeRecord(shape: Shape, record: AnyRecord, values: Values, by: By): Decided {
  checkNotRemoved(record);
  const changes = changesOf(shape, record, checked(shape, values, "change"));
  const fields = Object.keys(changes);
  if (fields.length === 0) return { state: record, events: [] };
  const state = written(placed(shape, record, changes), record, shape, "changed", fields, by);
  return { state, events: [{ type: "changed", at: by.at, record: state, fields }] };
}

/**
 * One of the kind's steps. All that is missing is named at once.
 * @throws rule_violated action_not_possible | action_needs_fields
 */
export function actOnRecord(shape: Shape, record: AnyRecord, name: string, input: Values, by: By): Decided {
  checkNotRemoved(record);
  const action = shape.actions[name];
  if (!action) throw new DomainError("not_found", "action_not_found", `a ${shape.kind} has no such action`);
  if (!action.from.includes(record.state))
    throw new DomainError("rule_violated", "action_not_possible", `this cannot be done with a record in this state`, {
      state: record.state,
    });
  const asked = checkedInput(action.asks ?? {}, input);
  const own = Object.fromEntries(Object.entries(asked).filter(([field]) => Object.hasOwn(shape.fields, field)));
  const before = placed(shape, record, own);
  const missing = (action.needs ?? []).filter((field) => before[field] === undefined);
  if (missing.length > 0)
    throw new DomainError("rule_violated", "action_needs_fields", `fill first: ${missing.join(", ")}`, { fields: missing.join(",") });
  const ruled = action.run ? checked(shape, action.run(before, asked, by.at), "rule") : {};
  const changes = changesOf(shape, record, { ...own, ...ruled });
  const fields = Object.keys(changes);
  const moved = { ...placed(shape, record, changes), state: action.to };
  const state = written(moved, record, shape, name, fields, by, asked);
  return { state, events: [{ type: "acted", at: by.at, record: state, fields, action: name, fromState: record.state }] };
}

export function assignRecord(shape: Shape, record: AnyRecord, ownerId: string, by: By): Decided {
  checkNotRemoved(record);
  if (record.ownerId === ownerId) return { state: record, events: [] };
  const state = written({ ...record, ownerId }, record, shape, "assigned", ["ownerId"], by);
  return { state, events: [{ type: "assigned", at: by.at, record: state, fields: ["ownerId"], fromOwnerId: record.ownerId }] };
}

export function removeRecord(shape: Shape, record: AnyRecord, by: By): Decided {
  if (record.removedAt !== undefined) return { state: record, events: [] };
  const state = written({ ...record, removedAt: by.at }, record, shape, "removed", [], by);
  return { state, events: [{ type: "removed", at: by.at, record: state, fields: [] }] };
}

export function restoreRecord(shape: Shape, record: AnyRecord, by: By): Decided {
  const { removedAt, ...rest } = record;
  if (removedAt === undefined) return { state: record, events: [] };
  const state = written(rest as AnyRecord, record, shape, "restored", [], by);
  return { state, events: [{ type: "restored", at: by.at, record: state, fields: [] }] };
}

/** The number for people does not count as a change. */
export function withNumber(record: AnyRecord, number: string): Decided {
  return { state: { ...record, number }, events: [] };
}

/** Its oldest changes stand in a row of their own now. */
export function withoutChanges(record: AnyRecord, until: number): AnyRecord {
  return { ...record, history: record.history.filter(({ n }) => n > until) };
}

/** A record's value of a field, its kind's or the tenant's own. */
export function valueIn(shape: Shape, record: AnyRecord, field: string): unknown {
  return shape.own.has(field) ? record.attributes[field] : Object.hasOwn(shape.fields, field) ? record[field] : undefined;
}

function checkNotRemoved({ removedAt }: AnyRecord): void {
  if (removedAt !== undefined) throw new DomainError("rule_violated", "record_removed", "this record is in the bin: restore it first");
}

function placed(shape: Shape, record: AnyRecord, values: Values): AnyRecord {
  const [own, declared] = [new Map<string, unknown>(), new Map<string, unknown>()];
  for (const [field, value] of Object.entries(values)) (shape.own.has(field) ? own : declared).set(field, value);
  const attributes = own.size === 0 ? record.attributes : filled({ ...record.attributes, ...Object.fromEntries(own) });
  return filled({ ...record, ...Object.fromEntries(declared), attributes }) as AnyRecord;
}

const filled = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function changesOf(shape: Shape, record: AnyRecord, values: Values): Values {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return Object.fromEntries(Object.entries(values).filter(([field, value]) => !same(value, valueIn(shape, record, field))));
}

function written(
  state: AnyRecord,
  before: AnyRecord,
  shape: Shape,
  what: string,
  fields: readonly string[],
  by: By,
  asked: Values = {},
): AnyRecord {
  const n = before.revision + 1;
  const change = (field: string) => ({
    was: field === "ownerId" ? before.ownerId : valueIn(shape, before, field),
    is: field === "ownerId" ? state.ownerId : valueIn(shape, state, field),
  });
  const answers = Object.entries(asked).filter(([field]) => !fields.includes(field));
  const all = [...fields.map((field) => [field, change(field)] as const), ...answers.map(([field, is]) => [field, { is }] as const)];
  const entry: Change = { n, ...by, what, fields: Object.fromEntries(all) };
  return sized({ ...state, revision: n, changedAt: by.at, history: [...before.history, entry] });
}

function sized(record: AnyRecord): AnyRecord {
  const { history: _, ...own } = record;
  if (Buffer.byteLength(JSON.stringify(own)) <= LARGEST) return record;
  throw new DomainError("invalid", "record_too_large", "a record has at most 64 KiB: shorten its texts");
}

/** All that is wrong is told at once, each with its field. @throws invalid record_invalid */
function checked(shape: Shape, values: Values, how: "create" | "change" | "rule"): Values {
  const [good, problems] = [new Map<string, unknown>(), new Map<string, Problem>()];
  for (const [name, raw] of Object.entries(values)) {
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (field) check(name, field, raw, good, problems);
    else problems.set(name, "field_unknown");
  }
  for (const [name, { required, retired }] of Object.entries(how === "create" ? shape.fields : {}))
    if (required && !retired && !Object.hasOwn(values, name)) problems.set(name, "value_missing");
  return refuseAny(good, problems);
}

function checkedInput(asks: Readonly<Record<string, Field>>, input: Values): Values {
  const [good, problems] = [new Map<string, unknown>(), new Map<string, Problem>()];
  for (const name of Object.keys(input)) if (!Object.hasOwn(asks, name)) problems.set(name, "field_unknown");
  for (const [name, field] of Object.entries(asks)) check(name, field, input[name], good, problems);
  return filled(refuseAny(good, problems));
}

function check(name: string, field: Field, raw: unknown, good: Map<string, unknown>, problems: Map<string, Problem>): void {
  const result = kept(field, raw);
  if ("problem" in result) problems.set(name, result.problem);
  else if (field.required && result.value === undefined) problems.set(name, "value_missing");
  else good.set(name, result.value);
}

const NAMED = 20;

function refuseAny(good: ReadonlyMap<string, unknown>, problems: ReadonlyMap<string, Problem>): Values {
  if (problems.size === 0) return Object.fromEntries(good);
  const shown = [...problems].slice(0, NAMED).map(([name, problem]) => [name.slice(0, 60), problem] as const);
  const text = `look at ${shown.map(([name]) => name).join(", ")}`;
  throw new DomainError("invalid", "record_invalid", text, Object.fromEntries(shown));
}
