import { DomainError } from "@trunkline/errors";
import { failpoint, type Logger } from "@trunkline/runtime";
import type { DeadLetters } from "./dead-letters.ts";
import { handleEvent } from "./handle-event.ts";
import { type KeyGate, MOST_PARKED, type Outcome } from "./key-gate.ts";
import type { RawMessage, Subscription } from "./subscription.ts";

export type EventWork = {
  readonly raw: RawMessage;
  readonly partition: number;
  readonly offset: number;
  readonly subscription: Subscription;
  readonly group: string;
  readonly dead: DeadLetters;
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

/** Writes the letter, then parks its key. If that cannot be done nothing is committed. */
async function bury(work: EventWork, code: string, attempts: number): Promise<Outcome> {
  const { dead, gate, raw, partition, offset, log } = work;
  const topic = work.subscription.topic.name;
  try {
    if (!gate.isParked(topic, raw.key) && gate.size() >= MOST_PARKED) {
      throw new DomainError("exhausted", "too_many_parked_keys", `${MOST_PARKED} keys are parked: mend the handler, then replay them`);
    }
    const letter = { topic, partition, offset, message: raw, code, attempts };
    await dead.write(letter);
    // From here on: if the key cannot be parked now, the event that comes again must not be handled past its own letter.
    gate.parked(topic, raw.key, partition);
    await dead.park(letter);
    // Once more: partitions that changed hands meanwhile made the gate forget, and what it read since may not have it yet.
    gate.parked(topic, raw.key, partition);
    return "done";
  } catch (failure) {
    log.error({ err: failure, topic }, "a dead letter could not be written; the partition waits");
    return "later";
  }
}
