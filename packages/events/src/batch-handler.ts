import { backOff } from "@trunkline/runtime";
import type { ConsumeOptions } from "./consume-options.ts";
import { giveWay } from "./give-way.ts";
import type { KeyGate, Outcome } from "./key-gate.ts";
import type { Offsets } from "./offsets.ts";
import { processMessage } from "./process-message.ts";
import { runKeyed } from "./run-keyed.ts";
import type { Subscription } from "./subscription.ts";
import { type Batch, type BatchResult, type LogMessage, type Membership, placeOf } from "./transport.ts";

const PARALLEL_KEYS = 32;

/** `ahead` holds offsets beyond a gap that are handled already. */
type Position = { attempts: number; ahead: Set<number> };

export type BatchParts = ConsumeOptions & {
  readonly byTopic: ReadonlyMap<string, Subscription>;
  readonly gate: KeyGate;
  readonly stop: AbortSignal;
  readonly progress: Offsets["progress"];
};

export type BatchHandler = {
  /** Handles some events of one partition. */
  readonly handle: Membership["handle"];
  /** Forgets the partitions that others read now. */
  keep(owned: ReadonlySet<string>): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

export function batchHandler(parts: BatchParts): BatchHandler {
  const positions = new Map<string, Position>();
  const underWay = new Set<Promise<unknown>>();
  const handle = async (batch: Batch, halted: () => boolean): Promise<BatchResult> => {
    const subscription = parts.byTopic.get(batch.topic);
    if (!subscription) return { next: undefined, paused: undefined };
    const place = placeOf(batch.topic, batch.partition);
    const position = positions.get(place) ?? { attempts: 0, ahead: new Set<number>() };
    positions.set(place, position);
    return handleBatch(parts, subscription, position, batch, () => parts.stop.aborted || halted());
  };
  return {
    async handle(batch, halted) {
      const work = handle(batch, halted);
      underWay.add(work);
      return work.finally(() => underWay.delete(work));
    },
    keep(owned) {
      for (const place of positions.keys()) if (!owned.has(place)) positions.delete(place);
    },
    async idle() {
      await Promise.allSettled(underWay);
    },
  };
}

async function handleBatch(
  parts: BatchParts,
  subscription: Subscription,
  position: Position,
  { topic, partition, messages, behind }: Batch,
  halted: () => boolean,
): Promise<BatchResult> {
  const known = await knowsParked(parts);
  let furthest = -1;
  const handle = async (message: LogMessage): Promise<Outcome> => {
    if (position.ahead.has(message.offset)) return "done";
    await giveWay();
    // What lies before an event that was begun is handled as well: only an unbroken run is committed.
    if (!known || (halted() && message.offset > furthest)) return "later";
    furthest = Math.max(furthest, message.offset);
    if (!subscription.wants(message.type)) return "done";
    const { offset } = message;
    const raw = message.read();
    const work = () => processMessage({ ...parts, raw, partition, offset, subscription, log: parts.transport.log });
    return parts.gate.pass(topic, raw.key, work);
  };
  const outcomes = await runKeyed(messages, PARALLEL_KEYS, ({ key }) => key, handle);
  const { next, later } = settle(messages, outcomes, position);
  parts.progress({ topic, partition, next, waiting: behind + later });
  if (later === 0) position.attempts = 0;
  else if (!halted()) {
    position.attempts += 1;
    return { next, paused: backOff(position.attempts, 100, 5_000, parts.stop) };
  }
  return { next, paused: undefined };
}

async function knowsParked({ gate, transport }: BatchParts): Promise<boolean> {
  try {
    await gate.known();
    return true;
  } catch (error) {
    transport.log.warn({ err: error }, "the parked keys could not be read; the partition waits");
    return false;
  }
}

/** Behind the end of the unbroken run, and how many wait; what was handled beyond the gap is remembered. */
function settle(
  messages: readonly LogMessage[],
  outcomes: readonly Outcome[],
  position: Position,
): { next: number | undefined; later: number } {
  let later = 0;
  let next: number | undefined;
  for (const [index, { offset }] of messages.entries()) {
    if (outcomes[index] === "later") later += 1;
    else if (later > 0) position.ahead.add(offset);
    else {
      position.ahead.delete(offset);
      next = offset + 1;
    }
  }
  return { next, later };
}
