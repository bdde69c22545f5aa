import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { context, propagation } from "@opentelemetry/api";
import { DomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";

/** One topic an aggregate; key `<tenant>/<id>`; the partition count is fixed for life because keys live by it. */
export type Topic<E extends DescMessage = DescMessage> = {
  readonly name: string;
  readonly schema: E;
  readonly compacted: boolean;
  readonly partitions: number;
};

/** What each call, agent, message or contact changes all the time; everything else has few events. */
const BUSY = new Set(["telephony.call", "telephony.agent_session", "marketing.message", "customer.contact"]);
const [MANY, FEW] = [48, 12];
const MAX_EVENT_BYTES = 256 * 1024;

/** @param aggregate `<service>.<aggregate>`, snake_case */
export function topic<E extends DescMessage>(aggregate: string, schema: E, compacted = false): Topic<E> {
  return { name: `trunkline.${aggregate}.v1`, schema, compacted, partitions: BUSY.has(aggregate) ? MANY : FEW };
}

/** An event that waits inside its aggregate's document until the relay has published it. */
export type OutboxEntry = {
  /** Sequence of the event in its aggregate: from 1, without gaps. */
  readonly n: number;
  /** What has happened: name of the set field of the message's oneof `event`. */
  readonly type: string;
  /** When it was recorded, epoch milliseconds. */
  readonly at: number;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * Encodes an event for the outbox; the trace that is active now is the one the consumers continue.
 * @throws DomainError invalid event_too_large
 */
export function outboxEntry<E extends DescMessage>(
  topic: Topic<E>,
  scope: CallScope,
  event: { n: number; at: number; message: MessageInitShape<E> },
): OutboxEntry {
  const message = create(topic.schema, event.message);
  const payload = toBinary(topic.schema, message);
  const type = typeOf(topic.schema, message);
  if (payload.length > MAX_EVENT_BYTES) {
    throw new DomainError(
      "invalid",
      "event_too_large",
      `the change is larger than an event may be (${MAX_EVENT_BYTES} bytes): make it smaller`,
      { type },
    );
  }
  const headers: Record<string, string> = { actor: scope.actor, causation: scope.causation, correlation: scope.correlation };
  propagation.inject(context.active(), headers);
  return { n: event.n, type, at: event.at, payload, headers };
}

/** Name of the field of the oneof `event` that is set; empty when none is. */
function typeOf<E extends DescMessage>(schema: E, message: object): string {
  const happened = (message as { readonly event?: { readonly case?: string } }).event?.case;
  return schema.oneofs.find(({ localName }) => localName === "event")?.fields.find(({ localName }) => localName === happened)?.name ?? "";
}
