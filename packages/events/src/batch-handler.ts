import { backOff } from "@trunkline/runtime";
import type { EachBatchPayload } from "kafkajs";
import type { ConsumeOptions } from "./consumer.ts";
import { toRaw } from "./dead-letters.ts";
import { type DeadLetterWriter, type Outcome, processMessage } from "./process-message.ts";
import { runKeyed } from "./run-keyed.ts";
import type { Subscription } from "./subscription.ts";

const PARALLEL_KEYS = 32;
const HEARTBEAT_MS = 1_000;

/** `ahead` holds offsets beyond a gap that are handled already. */
type Position = { attempts: number; ahead: Set<string> };

export type BatchParts = ConsumeOptions & {
  readonly byTopic: ReadonlyMap<string, Subscription>;
  readonly dead: DeadLetterWriter;
  readonly parkedNow: ReadonlySet<string>;
  /** Resolves when the parked keys of what this member reads are known. */
  readonly parkedKnown: () => Promise<void>;
  readonly stop: AbortSignal;
  /** The partition is handled up to here; `waiting` more are known to be there. */
  readonly progress: (place: { topic: string; partition: number; offset: string | undefined; waiting: number }) => void;
};

/** Handles what one fetch brought of one partition. */
export function batchHandler(parts: BatchParts): (payload: EachBatchPayload) => Promise<void> {
  const positions = new Map<string, Position>();
  return async ({ batch, resolveOffset, heartbeat, pause, isRunning, isStale }) => {
    const subscription = parts.byTopic.get(batch.topic);
    if (!subscription) return;
    await parts.parkedKnown();
    const place = `${batch.topic}/${batch.partition}`;
    const position = positions.get(place) ?? { attempts: 0, ahead: new Set<string>() };
    positions.set(place, position);
    const beating = setInterval(() => heartbeat().catch(() => undefined), HEARTBEAT_MS);
    const handle = async (message: EachBatchPayload["batch"]["messages"][number]): Promise<Outcome> => {
      if (position.ahead.has(message.offset)) return "done";
      if (!isRunning() || isStale()) return "later";
      return processMessage({ ...parts, raw: toRaw(message), subscription, signal: parts.stop, log: parts.kafka.log });
    };
    const outcomes = await runKeyed(batch.messages, PARALLEL_KEYS, (message) => message.key?.toString() ?? "", handle).finally(() =>
      clearInterval(beating),
    );
    const { last, later } = settle(batch.messages, outcomes, position);
    if (last !== undefined) resolveOffset(last);
    const offset = last === undefined ? undefined : String(BigInt(last) + 1n);
    parts.progress({
      topic: batch.topic,
      partition: batch.partition,
      offset,
      waiting: Number(batch.highWatermark) - 1 - Number(batch.lastOffset()) + later,
    });
    if (later === 0) position.attempts = 0;
    else if (isRunning() && !isStale()) {
      const resume = pause();
      position.attempts += 1;
      backOff(position.attempts, 100, 5_000, parts.stop).then(resume);
    }
  };
}

/** The end of the unbroken run, and how many wait; what was handled beyond the gap is remembered. */
function settle(
  messages: readonly { offset: string }[],
  outcomes: readonly Outcome[],
  position: Position,
): { last: string | undefined; later: number } {
  let later = 0;
  let last: string | undefined;
  for (const [index, message] of messages.entries()) {
    if (outcomes[index] === "later") later += 1;
    else if (later > 0) position.ahead.add(message.offset);
    else {
      position.ahead.delete(message.offset);
      last = message.offset;
    }
  }
  return { last, later };
}
