import { context, propagation, type Span, SpanKind, trace } from "@opentelemetry/api";
import { type DomainError, toDomainError } from "@trunkline/errors";
import { backOff, type Logger } from "@trunkline/runtime";
import { deadLetterTopic, type ParkedKeys } from "./dead-letters.ts";
import type { Kafka } from "./kafka.ts";
import type { RawMessage, Subscription } from "./subscription.ts";

/** done: never again; later: the partition pauses and the event comes back. */
export type Outcome = "done" | "later";

type Verdict = "done" | "dead" | "retry" | "pause";

/** What an error means for the event, by its kind (architecture, section 9). */
function verdictOf(error: DomainError): Verdict {
  switch (error.kind) {
    case "already_exists":
      return "done";
    case "invalid":
    case "unauthenticated":
    case "forbidden":
    case "rule_violated":
      return "dead";
    case "not_found":
    case "conflict":
    case "internal":
      return "retry";
    default:
      return "pause";
  }
}

const TRIES = 8;

export type DeadLetterWriter = {
  write(topic: string, message: RawMessage, error: { code: string; message: string }, attempts: number): Promise<void>;
  close(): Promise<void>;
};

type Work = {
  readonly raw: RawMessage;
  readonly subscription: Subscription;
  readonly group: string;
  readonly dead: DeadLetterWriter;
  readonly parkedNow: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly log: Logger;
};

const tracer = trace.getTracer("@trunkline/events");

/** Handles one event inside the trace of whoever caused it. */
export async function processMessage(work: Work): Promise<Outcome> {
  const parent = propagation.extract(context.active(), work.raw.headers);
  const span = tracer.startSpan(`${work.subscription.topic.name} process`, { kind: SpanKind.CONSUMER }, parent);
  return context.with(trace.setSpan(parent, span), () => attempt(work, span)).finally(() => span.end());
}

async function attempt({ raw, subscription, group, dead, parkedNow, signal, log }: Work, span: Span): Promise<Outcome> {
  const name = subscription.topic.name;
  if (parkedNow.has(`${name} ${raw.key}`)) {
    return bury(dead, name, raw, { code: "key_parked", message: "an earlier event of this key is in the dead letters" }, 0, log);
  }
  for (let tries = 1; ; tries++) {
    try {
      await subscription.handle(raw, group);
      return "done";
    } catch (thrown) {
      const error = toDomainError(thrown);
      const verdict = verdictOf(error);
      span.setAttribute("trunkline.error", error.code);
      if (verdict === "done") return "done";
      if (verdict === "pause" || signal.aborted) {
        log.warn({ code: error.code, topic: name, reason: error.message }, "an event has to wait");
        return "later";
      }
      if (verdict === "dead" || tries >= TRIES) {
        log.error(
          { err: error.kind === "internal" ? error.cause : error, code: error.code, topic: name, eventId: raw.headers["ce_id"] },
          "an event goes to the dead letters",
        );
        return bury(dead, name, raw, error, tries, log);
      }
      await backOff(tries, 25, 1_000, signal);
    }
  }
}

/** If the letter cannot be written nothing is committed. */
async function bury(
  dead: DeadLetterWriter,
  topic: string,
  raw: RawMessage,
  error: { code: string; message: string },
  attempts: number,
  log: Logger,
): Promise<Outcome> {
  try {
    await dead.write(topic, raw, error, attempts);
    return "done";
  } catch (failure) {
    log.error({ err: failure, topic }, "a dead letter could not be written; the partition waits");
    return "later";
  }
}

/** Writes the letter, then parks its key, both before the offset may be committed. */
export async function createDeadLetterWriter(
  kafka: Kafka,
  group: string,
  parked: ParkedKeys,
  parkedNow: Set<string>,
): Promise<DeadLetterWriter> {
  const producer = kafka.client.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  let connected: Promise<void> | undefined;
  return {
    async write(topic, message, error, attempts) {
      connected ??= producer.connect();
      await connected.catch((failure: unknown) => {
        connected = undefined;
        throw failure;
      });
      const headers = { ...message.headers, dlq_code: error.code, dlq_attempts: String(attempts) };
      await producer.send({
        topic: kafka.prefix + deadLetterTopic(topic, group),
        acks: -1,
        messages: [{ key: message.key, value: message.value, headers }],
      });
      await parked.park(topic, message.key, error.code);
      parkedNow.add(`${topic} ${message.key}`);
    },
    close: async () => {
      if (connected) await producer.disconnect();
    },
  };
}
