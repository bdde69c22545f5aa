import { backOff } from "@trunkline/runtime";
import type { ConsumeOptions } from "./consume-options.ts";
import { type ParkedKey, readDeadLetters } from "./dead-letters.ts";
import { handleEvent } from "./handle-event.ts";
import type { KeyGate } from "./key-gate.ts";
import type { Subscription } from "./subscription.ts";
import { deadLetterTopic } from "./topic.ts";

export type ReplayParts = ConsumeOptions & {
  readonly byTopic: ReadonlyMap<string, Subscription>;
  readonly gate: KeyGate;
  /** True while this member reads the partition. */
  readonly owns: (topic: string, partition: number) => boolean;
  readonly stop: AbortSignal;
};

const LETTERS_AT_ONCE = 1_000;
const WAIT_MS = 5_000;

/**
 * Applies the dead letters of every key for which somebody asked. Live events of the key wait meanwhile, so that none
 * overtakes a letter and none becomes a letter behind the reader's back.
 */
export async function replayAsked(parts: ReplayParts): Promise<void> {
  await parts.gate.known();
  if (parts.gate.size() === 0) return;
  for (const wish of await parts.parked.list()) {
    const subscription = parts.byTopic.get(parts.kafka.prefix + wish.topic);
    if (!wish.replay || !subscription || !owns(parts, wish) || parts.stop.aborted) continue;
    await parts.gate
      .hold(wish.topic, wish.key, () => replayKey(parts, subscription, wish))
      .catch(async (error: unknown) => {
        parts.kafka.log.warn({ err: error, topic: wish.topic }, "dead letters could not be replayed now; it is tried again");
        await backOff(1, WAIT_MS, WAIT_MS, parts.stop);
      });
  }
}

async function replayKey(parts: ReplayParts, subscription: Subscription, wish: ParkedKey): Promise<void> {
  const { kafka, group, parked, gate } = parts;
  const letters = deadLetterTopic(wish.topic, group);
  let applied = 0;
  for (let more = true; more; ) {
    const some = await readDeadLetters(kafka, letters, wish.key, applied, LETTERS_AT_ONCE);
    for (const letter of some) {
      const handled = await handleEvent(subscription, letter, group, parts.stop);
      if (handled.is === "wait") throw handled.error;
      if (handled.is === "dead") {
        await parked.endReplay(wish.topic, wish.key, handled.error.code);
        const fields = { err: handled.error, code: handled.error.code, topic: letters, applied, eventId: letter.headers["ce_id"] };
        return kafka.log.error(fields, "a dead letter failed again; its key stays parked");
      }
      applied += 1;
    }
    more = some.length === LETTERS_AT_ONCE;
  }
  // Whoever has the partition now replays by itself, and knows better what may be unparked.
  if (!owns(parts, wish)) return;
  await parked.unpark(wish.topic, wish.key);
  gate.unparked(wish.topic, wish.key);
  kafka.log.info({ topic: letters, applied }, "dead letters replayed");
}

function owns({ kafka, owns: reads }: ReplayParts, { topic, partition }: ParkedKey): boolean {
  return reads(kafka.prefix + topic, partition);
}
