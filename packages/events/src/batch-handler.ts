import { backOff, pause } from "@trunkline/runtime";
import type { EachBatchPayload } from "kafkajs";
import type { ConsumeOptions } from "./consume-options.ts";
import { gathering } from "./gather.ts";
import type { KeyGate, Outcome } from "./key-gate.ts";
import { processMessage } from "./process-message.ts";
import { runKeyed } from "./run-keyed.ts";
import { type Subscription, toRaw } from "./subscription.ts";

const PARALLEL_KEYS = 32;
const HEARTBEAT_MS = 1_000;
/** Between one fetch of a stream and the next, unless more is known to wait. */
const GATHER_MS = 40;

/** `ahead` holds offsets beyond a gap that are handled already. */
type Position = { attempts: number; ahead: Set<string> };

export type BatchParts = ConsumeOptions & {
  readonly byTopic: ReadonlyMap<string, Subscription>;
  readonly gate: KeyGate;
  readonly stop: AbortSignal;
  /** The partition is handled up to here; `waiting` more are known to be there. */
  readonly progress: (place: { topic: string; partition: number; offset: string | undefined; waiting: number }) => void;
};

export type BatchHandler = {
  /** Handles what one fetch brought of one partition. */
  handle(payload: EachBatchPayload): Promise<void>;
  /** Forgets the partitions that others read now. */
  keep(owned: ReadonlySet<string>): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

export function batchHandler(parts: BatchParts): BatchHandler {
  const positions = new Map<string, Position>();
  const underWay = new Set<Promise<void>>();
  const { passed, rest } = gathering(GATHER_MS);
  const handle = async (payload: EachBatchPayload) => {
    const { topic, partition } = payload.batch;
    const subscription = parts.byTopic.get(topic);
    if (!subscription) return;
    const position = positions.get(`${topic}/${partition}`) ?? { attempts: 0, ahead: new Set<string>() };
    positions.set(`${topic}/${partition}`, position);
    passed(payload.batch.messages.length);
    await handleBatch(parts, subscription, position, payload);
    // The batches of one fetch come together, and all are handled before the next fetch.
    const wait = isLast(payload.batch) ? rest() : 0;
    if (wait > 0) await pause(wait, parts.stop);
  };
  return {
    async handle(payload) {
      const work = handle(payload);
      underWay.add(work);
      await work.finally(() => underWay.delete(work));
    },
    keep(owned) {
      for (const place of positions.keys()) if (!owned.has(place)) positions.delete(place);
    },
    async idle() {
      await Promise.allSettled(underWay);
    },
  };
}

async function handleBatch(parts: BatchParts, subscription: Subscription, position: Position, payload: EachBatchPayload): Promise<void> {
  const { batch, resolveOffset, heartbeat, pause, isRunning, isStale } = payload;
  const { topic, partition } = batch;
  const halted = () => parts.stop.aborted || !isRunning() || isStale();
  const beating = setInterval(() => heartbeat().catch(() => undefined), HEARTBEAT_MS);
  const known = await knowsParked(parts);
  const handle = async (message: EachBatchPayload["batch"]["messages"][number]): Promise<Outcome> => {
    if (position.ahead.has(message.offset)) return "done";
    if (!known || halted()) return "later";
    if (!subscription.wants(message.headers?.["ce_type"]?.toString())) return "done";
    const raw = toRaw(message);
    const work = () => processMessage({ ...parts, raw, partition, offset: Number(message.offset), subscription, log: parts.kafka.log });
    return parts.gate.pass(subscription.topic.name, raw.key, work);
  };
  const outcomes = await runKeyed(batch.messages, PARALLEL_KEYS, (message) => message.key?.toString() ?? "", handle).finally(() =>
    clearInterval(beating),
  );
  const { last, later } = settle(batch.messages, outcomes, position);
  if (last !== undefined) resolveOffset(last);
  const offset = last === undefined ? undefined : String(BigInt(last) + 1n);
  parts.progress({ topic, partition, offset, waiting: Number(batch.highWatermark) - 1 - Number(batch.lastOffset()) + later });
  if (later === 0) position.attempts = 0;
  else if (!halted()) {
    const resume = pause();
    position.attempts += 1;
    void backOff(position.attempts, 100, 5_000, parts.stop).then(() => !parts.stop.aborted && resume());
  }
}

/** Nothing waits behind it. */
function isLast(batch: EachBatchPayload["batch"]): boolean {
  return Number(batch.lastOffset()) + 1 >= Number(batch.highWatermark);
}

async function knowsParked({ gate, kafka }: BatchParts): Promise<boolean> {
  try {
    await gate.known();
    return true;
  } catch (error) {
    kafka.log.warn({ err: error }, "the parked keys could not be read; the partition waits");
    return false;
  }
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
