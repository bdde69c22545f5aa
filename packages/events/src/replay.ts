import { backOff } from "@trunkline/runtime";
import type { ConsumeOptions } from "./consume-options.ts";
import { KEYS_A_PAGE, type KeyOf, LETTERS_A_PAGE, type ParkedKey } from "./dead-letters.ts";
import { handleEvent } from "./handle-event.ts";
import type { KeyGate } from "./key-gate.ts";
import type { Subscription } from "./subscription.ts";

export type ReplayParts = ConsumeOptions & {
  readonly byTopic: ReadonlyMap<string, Subscription>;
  readonly gate: KeyGate;
  /** True while this member reads the partition. */
  readonly owns: (topic: string, partition: number) => boolean;
  readonly stop: AbortSignal;
};

const WAIT_MS = 5_000;

/**
 * Applies the dead letters of every key for which somebody asked. Live events of the key wait meanwhile, so that none
 * overtakes a letter.
 */
export async function replayAsked(parts: ReplayParts): Promise<void> {
  await parts.gate.known();
  let after: KeyOf | undefined;
  do {
    const wishes: readonly ParkedKey[] = await parts.dead.page({ replay: true }, after);
    for (const wish of wishes) await replayWish(parts, wish);
    after = wishes.length === KEYS_A_PAGE ? wishes.at(-1) : undefined;
  } while (after && !parts.stop.aborted);
}

async function replayWish(parts: ReplayParts, wish: ParkedKey): Promise<void> {
  const subscription = parts.byTopic.get(wish.topic);
  if (!subscription || !parts.owns(wish.topic, wish.partition) || parts.stop.aborted) return;
  await parts.gate
    .hold(wish.topic, wish.key, () => replayKey(parts, subscription, wish))
    .catch(async (error: unknown) => {
      parts.transport.log.warn({ err: error, topic: wish.topic }, "dead letters could not be replayed now; it is tried again");
      await backOff(1, WAIT_MS, WAIT_MS, parts.stop);
    });
}

async function replayKey(parts: ReplayParts, subscription: Subscription, { topic, key }: KeyOf): Promise<void> {
  const { transport, group, dead, gate } = parts;
  const parked = await dead.find(topic, key);
  if (!parked?.replay) return;
  let applied = 0;
  for (let more = true; more; ) {
    const some = await dead.letters(topic, key);
    for (const letter of some) {
      const handled = await handleEvent(subscription, letter.message, group, parts.stop);
      if (handled.is === "wait") throw handled.error;
      if (handled.is === "dead") {
        await dead.endReplay(topic, key, handled.error.code);
        const fields = { err: handled.error, code: handled.error.code, topic, applied, eventId: letter.message.headers["ce_id"] };
        return transport.log.error(fields, "a dead letter failed again; its key stays parked");
      }
      // A crash before this line applies it once more: its fence knows it.
      await dead.remove(letter);
      applied += 1;
    }
    more = some.length === LETTERS_A_PAGE;
  }
  // Whoever has the partition now may have written a letter since: then the wish stands, and they answer it.
  if (!parts.owns(topic, parked.partition) || !(await dead.unpark(parked))) return;
  gate.unparked(topic, key);
  transport.log.info({ topic, applied }, "dead letters replayed");
}
