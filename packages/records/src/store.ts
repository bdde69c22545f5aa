import { create } from "@bufbuild/protobuf";
import type { Topic } from "@trunkline/events";
import { type Scalar, termOf } from "@trunkline/filter";
import { caseOf } from "@trunkline/proto";
import { RecordEventSchema, RecordToldSchema } from "@trunkline/proto/records";
import { folded, searchKeys } from "@trunkline/search";
import type { AggregateSpec, AggregateStore, DomainEvent, Index, State, StoreBackend } from "@trunkline/store";
import type { Field } from "./field.ts";
import { isTerm } from "./filterable.ts";
import { asValue } from "./json-value.ts";
import type { AnyKind } from "./kind.ts";
import type { AnyRecord, RecordEvent } from "./record.ts";
import { scalarsOf } from "./values.ts";

export type RecordStore = AggregateStore<AnyRecord, RecordEvent>;
export type RecordTopic = Topic<typeof RecordEventSchema>;

/** Every record has this term, and by another one each of whom it is to be seen as their own. */
export const LIVE = "@live";
export const ownTerm = (employeeId: string) => `@own=${employeeId}`;
/** What is in the bin has its terms in this form alone, so that no question finds it by chance. */
export const inBin = (term: string) => `@bin ${term}`;

/** Of every kind; a list of them can be sorted by these. */
export const SORTED: readonly string[] = ["createdAt", "changedAt"];
/** What a list of this kind can be sorted by. */
export const sortableOf = ({ list }: AnyKind): readonly string[] => [...SORTED, ...((list.sortable ?? []) as readonly string[])];
/** The field that a list sorted by this field goes by. */
export const sortKey = (field: string) => (SORTED.includes(field) ? field : `by_${field}`);
/** Whatever has no number there comes before what has one; texts are cut. */
const LOWEST = -Number.MAX_VALUE;
const SORTED_CHARS = 40;

/** The records of one kind, each a document with what it is found by: `terms` by what is in it, `keys` by what somebody types. */
export function openRecordStore(backend: StoreBackend, kind: AnyKind, topic: RecordTopic): Promise<RecordStore> {
  const fields = Object.entries(kind.fields as Record<string, Field>);
  const sorted = (kind.list.sortable ?? []) as readonly string[];
  const indexes: Index[] = [
    { tenant: 1, terms: 1, createdAt: -1, _id: -1 },
    { tenant: 1, keys: 1, createdAt: -1, _id: -1 },
    { tenant: 1, changedAt: -1, _id: -1 },
    ...sorted.map((field) => ({ tenant: 1, [sortKey(field)]: 1, _id: 1 }) as const),
    [{ unnumberedSince: 1 }, { sparse: true }],
  ];
  const spec = {
    name: kind.plural,
    noun: "record",
    indexes,
    lists: ["terms", "keys"],
    topic,
    encode: (event: RecordEvent) => caseOf(RecordEventSchema, told(kind.name, fields, event) as never),
    derived: (_: string, record: AnyRecord) => ({
      terms: termsIn(fields, record),
      keys: keysIn(fields, record),
      unnumberedSince: kind.number !== undefined && record.number === undefined ? record.createdAt : undefined,
      ...Object.fromEntries(sorted.map((field) => [sortKey(field), sortedBy(kind.fields[field], record[field])])),
    }),
    overSince: ({ removedAt }: AnyRecord) => removedAt,
  };
  // A record is open where a state is closed: its fields are told by the kind, and kind() holds that none is called as the store's own.
  return backend.aggregates(
    spec as unknown as AggregateSpec<State, DomainEvent, typeof RecordEventSchema, string>,
  ) as unknown as Promise<RecordStore>;
}

function termsIn(fields: readonly (readonly [string, Field])[], record: AnyRecord): readonly string[] {
  const { id: _, state, ownerId, sharedWith, number, attributes, removedAt } = record;
  const values = [
    ...fields.flatMap(([name, field]) => (isTerm(field) ? [[name, record[name]] as const] : [])),
    ...Object.entries(attributes),
    ...Object.entries({ state, ...(ownerId === "" ? {} : { ownerId }), number }),
  ];
  const terms = [
    ...new Set([
      LIVE,
      ...[ownerId, ...sharedWith].filter((one) => one !== "").map(ownTerm),
      ...values.flatMap(([name, value]) => scalarsOf(value).map((one) => termOf(name, one))),
    ]),
  ];
  return removedAt === undefined ? terms : terms.map(inBin);
}

function keysIn(fields: readonly (readonly [string, Field])[], record: AnyRecord): readonly string[] | undefined {
  if (record.removedAt !== undefined) return undefined;
  const textsOf = (search: Field["search"]) =>
    fields.flatMap(([name, field]) => (field.search === search ? scalarsOf(record[name]).map(String) : []));
  const phones = textsOf("number");
  const names = [...textsOf("name"), ...(record.number ? [record.number] : [])];
  const keys = [...searchKeys({ name: "", phones }), ...names.flatMap((name) => searchKeys({ name, phones: [] }))];
  return keys.length === 0 ? undefined : [...new Set(keys)];
}

function sortedBy(field: Field, value: unknown): Scalar {
  const [first] = scalarsOf(value);
  const asText = typeof first === "string" || first === undefined;
  if (field.type === "number" || field.type === "money" || field.type === "instant") return asText ? LOWEST : (first as number);
  return folded(String(first ?? "")).slice(0, SORTED_CHARS);
}

/** Nothing personal: names of fields, and values of those that identify nobody. */
function told(kind: string, fields: readonly (readonly [string, Field])[], { record, ...event }: RecordEvent) {
  const open = fields.filter(([name, { personal, type }]) => !personal && type !== "long_text" && record[name] !== undefined);
  const facts = Object.fromEntries(open.map(([name]) => [name, asValue(record[name])]));
  const { state, ownerId } = record;
  return { ...event, record: create(RecordToldSchema, { kind, state, ownerId, facts }) };
}
