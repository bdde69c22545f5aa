import { metrics } from "@opentelemetry/api";
import { backOff, withDeadline } from "@trunkline/runtime";
import { batchHandler } from "./batch-handler.ts";
import type { ConsumeOptions } from "./consume-options.ts";
import { openKeyGate } from "./key-gate.ts";
import { openOffsets } from "./offsets.ts";
import { replayAsked } from "./replay.ts";
import { type Member, placeOf } from "./transport.ts";

export type Consumer = {
  /** Handled events that are not yet committed, plus events known to wait. */
  readonly lag: () => number;
  /** @throws unavailable offset_out_of_range when it stands still until a person has decided */
  readonly check: () => Promise<void>;
} & AsyncDisposable;

/** Each commit is a request of its own; what is handled and not committed comes again after a kill, and its fence knows it. */
const COMMIT_MS = 200;
const REPLAY_POLL_MS = 1_000;
const STOP_MS = 10_000;
const LAST_COMMIT_MS = 3_000;

/**
 * Reads topics for a service: keys in parallel, one key in order. Only an unbroken run of handled offsets is committed.
 * A handler that meets something unavailable pauses its partition and is tried again; what can never succeed goes to
 * the dead letters and parks its key. Disposal finishes what is under way.
 */
export async function consume(options: ConsumeOptions): Promise<Consumer> {
  const { transport, group, subscriptions } = options;
  const byTopic = new Map(subscriptions.map((subscription) => [subscription.topic.name, subscription]));
  const stopping = new AbortController();
  const stop = stopping.signal;
  const gate = openKeyGate(options.dead);
  const offsets = openOffsets(transport.log);
  const batches = batchHandler({ ...options, byTopic, gate, stop, progress: offsets.progress });
  let owned: ReadonlySet<string> = new Set();
  /** When partitions change hands, what was known of the others is forgotten. */
  const assigned = (now: ReadonlySet<string>) => {
    owned = now;
    gate.forget();
    offsets.keep(owned);
    batches.keep(owned);
  };
  const member = await transport.join({ group, topics: [...byTopic.keys()], handle: batches.handle, assigned, stop });
  const owns = (topic: string, partition: number) => owned.has(placeOf(topic, partition));
  const stopCommitting = every(COMMIT_MS, () => offsets.commit(member));
  const stopReplaying = every(REPLAY_POLL_MS, () => replayAsked({ ...options, byTopic, gate, owns, stop }));
  observe(group, { "consumer.lag": offsets.lag, "consumer.parked_keys": () => gate.ownSize(owns) });
  return {
    lag: offsets.lag,
    check: async () => {
      const failure = member.failure();
      if (failure) throw failure;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all([stopReplaying(), stopCommitting()]);
      await end(member, batches.idle, () => offsets.commit(member));
    },
  };
}

function observe(group: string, gauges: Readonly<Record<string, () => number>>): void {
  const meter = metrics.getMeter("@trunkline/events");
  for (const [name, read] of Object.entries(gauges))
    meter.createObservableGauge(name).addCallback((result) => result.observe(read(), { group }));
}

/** Reads no more, finishes what is under way, commits it while still a member, then leaves. */
async function end(member: Member, idle: () => Promise<void>, commit: () => Promise<void>): Promise<void> {
  await withDeadline("joining the group", STOP_MS, member.joined).catch(() => undefined);
  member.halt();
  await withDeadline("finishing events", STOP_MS, idle()).catch(() => undefined);
  await withDeadline("the last commit", LAST_COMMIT_MS, commit()).catch(() => undefined);
  await withDeadline("leaving the group", STOP_MS, member.leave()).catch(() => undefined);
}

/** Runs work again and again with a pause between, never twice at once; the returned function ends it and waits. */
function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await work().catch(() => undefined);
      await backOff(1, ms, ms, stop.signal);
    }
  };
  const running = loop();
  return async () => {
    stop.abort();
    await running;
  };
}
