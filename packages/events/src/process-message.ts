import { failpoint, type Logger } from "@trunkline/runtime";
import type { DeadLetterWriter } from "./dead-letter-writer.ts";
import { handleEvent } from "./handle-event.ts";
import type { KeyGate, Outcome } from "./key-gate.ts";
import type { RawMessage, Subscription } from "./subscription.ts";

export type EventWork = {
  readonly raw: RawMessage;
  readonly partition: number;
  readonly subscription: Subscription;
  readonly group: string;
  readonly dead: DeadLetterWriter;
  readonly gate: KeyGate;
  readonly stop: AbortSignal;
  readonly log: Logger;
};

/** Handles one event, or buries it: because it can never succeed, or because an earlier one of its key is buried. */
export async function processMessage(work: EventWork): Promise<Outcome> {
  const { raw, subscription, group, gate, stop, log } = work;
  const topic = subscription.topic.name;
  if (gate.isParked(topic, raw.key)) return bury(work, "key_parked", 0);
  const handled = await handleEvent(subscription, raw, group, stop);
  if (handled.is === "done") {
    failpoint("consumer.handled");
    return "done";
  }
  const { error, tries } = handled;
  if (handled.is === "wait") {
    log.warn({ code: error.code, topic, reason: error.message }, "an event has to wait");
    return "later";
  }
  const err = error.kind === "internal" ? error.cause : error;
  log.error({ err, code: error.code, topic, eventId: raw.headers["ce_id"] }, "an event goes to the dead letters");
  return bury(work, error.code, tries);
}

/** If the letter cannot be written nothing is committed. */
async function bury({ dead, subscription, raw, partition, log }: EventWork, code: string, attempts: number): Promise<Outcome> {
  try {
    await dead.write(subscription.topic.name, raw, partition, code, attempts);
    return "done";
  } catch (failure) {
    log.error({ err: failure, topic: subscription.topic.name }, "a dead letter could not be written; the partition waits");
    return "later";
  }
}
