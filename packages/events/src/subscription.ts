import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { Topic } from "./topic.ts";

/** An event as its handler gets it. */
export type Received<E extends DescMessage> = {
  readonly event: MessageShape<E>;
  /** Id of the aggregate that the event is about. */
  readonly id: string;
  /** From 1 without gaps. */
  readonly sequence: number;
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

export function toRaw(message: { key: Buffer | null; value: Buffer | null; headers?: object | undefined }): RawMessage {
  const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([key, value]) => [key, String(value)]));
  return { key: message.key?.toString("utf8") ?? "", value: message.value ?? Buffer.alloc(0), headers };
}

export type Subscription = { readonly topic: Topic; readonly handle: (message: RawMessage, service: string) => Promise<void> };

/** Binds a handler to a topic. The handler must be harmless when it meets an event twice. */
export function on<E extends DescMessage>(topic: Topic<E>, handler: (received: Received<E>) => Promise<void>): Subscription {
  return {
    topic,
    handle: (message, service) => handler(decode(topic, message, service)),
  };
}

function decode<E extends DescMessage>(topic: Topic<E>, { key, value, headers }: RawMessage, service: string): Received<E> {
  const slash = key.indexOf("/");
  const sequence = Number(headers["sequence"]);
  if (slash < 1 || !Number.isSafeInteger(sequence) || sequence < 1) {
    throw new DomainError("invalid", "event_malformed", `an event on ${topic.name} has no key of the form tenant/id or no sequence`, {
      topic: topic.name,
    });
  }
  const eventId = headers["ce_id"] ?? `${key}/${sequence}`;
  const id = key.slice(slash + 1);
  return {
    event: parse(topic, value),
    id,
    sequence,
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
