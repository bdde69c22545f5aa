import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { Topic } from "./topic.ts";

/** What may have happened by a topic's message: the names of its oneof `event`. */
type CaseOf<E extends DescMessage> = MessageShape<E> extends { readonly event: { readonly case: infer C } } ? Exclude<C, undefined> : never;
type Of<E extends DescMessage, C> =
  MessageShape<E> extends { readonly event: infer One }
    ? MessageShape<E> & { readonly event: Extract<One, { readonly case: C }> }
    : MessageShape<E>;

/** An event as its handler gets it. */
export type Received<E extends DescMessage, C = CaseOf<E> | undefined> = {
  readonly event: Of<E, C>;
  /** Id of the aggregate that the event is about. */
  readonly id: string;
  /** From 1 without gaps. */
  readonly sequence: number;
  /** When it happened by its source's clock; when it was recorded, where that is not known. Epoch ms, 0 where neither is. */
  readonly at: number;
  /**
   * The fence: any event may come again, also an old one after newer ones. Give it to a store's `update`, which remembers the last sequence of
   * each source in the same write and drops what is not newer. What is a row of its own compares `sequence` itself.
   */
  readonly source: { readonly id: string; readonly sequence: number };
  readonly eventId: string;
  /** The scope to work in: the consumer acts as its service, the cause is this event. */
  readonly scope: CallScope;
  /** Who caused the event, as its source wrote it. */
  readonly sourceActor: string;
};

export type RawMessage = {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
};

export type Subscription = {
  readonly topic: Topic;
  /** False for an event that the handler would do nothing with, by its header `ce_type`. */
  readonly wants: (type: string | undefined) => boolean;
  readonly handle: (message: RawMessage, service: string) => Promise<void>;
};

/** The event's place among those of its key, valid in every log: from 1; 0 when it cannot be read. */
export function sequenceOf({ headers }: Pick<RawMessage, "headers">): number {
  const sequence = Number(headers["sequence"]);
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : 0;
}

/** Binds a handler to a topic. The handler must be harmless when it meets an event twice. */
export function on<E extends DescMessage>(topic: Topic<E>, handler: (received: Received<E>) => Promise<void>): Subscription;
/** Binds a handler to some of what a topic tells; the rest passes without being looked into, so that it costs next to nothing. */
export function on<E extends DescMessage, const C extends CaseOf<E>>(
  topic: Topic<E>,
  cases: readonly C[],
  handler: (received: Received<E, C>) => Promise<void>,
): Subscription;
export function on<E extends DescMessage>(
  topic: Topic<E>,
  ...rest: [(received: Received<E>) => Promise<void>] | [readonly string[], (received: Received<E>) => Promise<void>]
): Subscription {
  const [cases, handler] = rest.length === 1 ? [undefined, rest[0]] : rest;
  const passed = cases === undefined ? new Set<string>() : others(topic, cases);
  const wants = (type: string | undefined) => type === undefined || !passed.has(type);
  return {
    topic,
    wants,
    handle: async (message, service) => {
      if (wants(message.headers["ce_type"])) await handler(decode(topic, message, service));
    },
  };
}

/** The types of all that a topic tells beside these; a type that this release does not know is in no list. */
function others({ name, schema }: Topic, cases: readonly string[]): ReadonlySet<string> {
  const fields = schema.oneofs.find((oneof) => oneof.localName === "event")?.fields ?? [];
  return new Set(fields.filter((field) => !cases.includes(field.localName)).map((field) => `${name}.${field.name}`));
}

function decode<E extends DescMessage>(topic: Topic<E>, message: RawMessage, service: string): Received<E> {
  const { key, value, headers } = message;
  const slash = key.indexOf("/");
  const sequence = sequenceOf(message);
  if (slash < 1 || sequence === 0) {
    throw new DomainError("invalid", "event_malformed", `an event on ${topic.name} has no key of the form tenant/id or no sequence`, {
      topic: topic.name,
    });
  }
  const eventId = headers["ce_id"] ?? `${key}/${sequence}`;
  const id = key.slice(slash + 1);
  const event = parse(topic, value);
  return {
    event: event as Received<E>["event"],
    id,
    sequence,
    at: instantOf(event),
    source: { id: `${aggregateOf(topic)}/${id}`, sequence },
    eventId,
    sourceActor: headers["actor"] ?? "",
    scope: {
      tenant: key.slice(0, slash),
      actor: `service/${service}`,
      causation: eventId,
      correlation: headers["correlation"] ?? "",
    },
  };
}

function instantOf(message: object): number {
  const { occurredAt, recordedAt } = message as { readonly occurredAt?: Timestamp; readonly recordedAt?: Timestamp };
  const at = occurredAt ?? recordedAt;
  return at ? timestampMs(at) : 0;
}

/** `telephony.call` of trunkline.telephony.call.v1, without the service: no service hears of two aggregates of one name. */
function aggregateOf({ name }: Topic): string {
  return name.split(".").at(-2) ?? name;
}

function parse<E extends DescMessage>(topic: Topic<E>, value: Buffer): MessageShape<E> {
  try {
    return fromBinary(topic.schema, value);
  } catch {
    throw new DomainError("invalid", "event_malformed", `an event on ${topic.name} is not a ${topic.schema.name}`, { topic: topic.name });
  }
}
