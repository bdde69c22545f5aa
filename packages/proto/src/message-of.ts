import { create, type DescField, type DescMessage, type Message, type MessageShape, ScalarType } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CaseFits, CaseShape, Fits } from "./fits.ts";

/**
 * The message that tells of a state: each field that the message declares, from the state's field of that name, and nothing else. Epoch
 * milliseconds become Timestamps, numbers int64, words enum values; `<message>_id` is the state's `id`. What is named or shaped otherwise is given
 * in its place: `messageOf(CallSchema, { ...call, queueCallback: call.callback?.state ?? "" })`.
 */
export function messageOf<M extends DescMessage, S extends object>(
  schema: M,
  state: S & NoInfer<Fits<MessageShape<M>, S>>,
): MessageShape<M> {
  return tell(schema, state as Fields) as MessageShape<M>;
}

/** What has happened, as a case of an envelope's oneof `event`: the one with the name of the event's type, its message as of messageOf. */
export function caseOf<M extends DescMessage, E extends { readonly type: string }>(
  schema: M,
  event: E & NoInfer<CaseFits<MessageShape<M>, E>>,
): CaseShape<MessageShape<M>> {
  const happened = casesOf(schema).get(event.type);
  if (!happened) throw new Error(`${schema.typeName} has no event ${event.type}`);
  return { case: happened.name, value: tell(happened.schema, event as Fields) } as CaseShape<MessageShape<M>>;
}

type Fields = Readonly<Record<string, unknown>>;
type Convert = (value: unknown) => unknown;
type Step = { readonly from: string; readonly to: string; readonly convert: Convert | undefined };
type Case = { readonly name: string; readonly schema: DescMessage };

/** How a kind of message is made is found out once, not for each message. */
const plans = new WeakMap<DescMessage, readonly Step[]>();
const cases = new WeakMap<DescMessage, ReadonlyMap<string, Case>>();

function tell(schema: DescMessage, state: Fields): Message {
  const message = create(schema) as Message & Record<string, unknown>;
  for (const { from, to, convert } of planOf(schema)) {
    const value = state[to] ?? state[from];
    if (value !== undefined) message[to] = convert ? convert(value) : value;
  }
  return message;
}

function planOf(schema: DescMessage): readonly Step[] {
  const known = plans.get(schema);
  if (known) return known;
  const ownId = `${schema.name.charAt(0).toLowerCase()}${schema.name.slice(1)}Id`;
  const plan = schema.fields
    .filter((field) => !field.oneof)
    .map((field) => ({ from: field.localName === ownId ? "id" : field.localName, to: field.localName, convert: wholeOf(field) }));
  plans.set(schema, plan);
  return plan;
}

function casesOf(schema: DescMessage): ReadonlyMap<string, Case> {
  const known = cases.get(schema);
  if (known) return known;
  const fields = schema.oneofs.find(({ localName }) => localName === "event")?.fields ?? [];
  const found = new Map<string, Case>();
  for (const { name, localName, message } of fields)
    if (message) for (const type of [name, localName]) found.set(type, { name: localName, schema: message });
  cases.set(schema, found);
  return found;
}

/** A list or map is copied: what a store keeps in memory is nobody else's to change. */
function wholeOf(field: DescField): Convert | undefined {
  const one = oneOf(field);
  if (field.fieldKind === "list") return (list) => (one ? (list as unknown[]).map(one) : [...(list as unknown[])]);
  if (field.fieldKind !== "map") return one;
  return (map) => Object.fromEntries(Object.entries(map as object).map(([key, value]) => [key, one ? one(value) : value]));
}

function oneOf({ scalar, message, enum: words }: DescField): Convert | undefined {
  if (message) return message.typeName === "google.protobuf.Timestamp" ? instant : (value) => nested(message, value);
  if (words) {
    const numbers = new Map<unknown, number>(words.values.map(({ localName, number }) => [localName.toLowerCase(), number]));
    return (value) => (typeof value === "number" ? value : numbered(words.name, numbers, value));
  }
  return scalar !== undefined && LONG.has(scalar) ? (value) => BigInt(value as number) : undefined;
}

const LONG = new Set([ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64, ScalarType.FIXED64, ScalarType.SFIXED64]);

const instant: Convert = (value) => (typeof value === "number" ? timestampFromMs(value) : value);

/** What is a message already stays as it is. */
function nested(schema: DescMessage, value: unknown): unknown {
  return "$typeName" in (value as object) ? value : tell(schema, value as Fields);
}

function numbered(name: string, numbers: ReadonlyMap<unknown, number>, word: unknown): number {
  const number = numbers.get(word);
  if (number === undefined) throw new Error(`${name} has no value ${word}`);
  return number;
}
