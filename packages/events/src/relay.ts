import { metrics } from "@opentelemetry/api";
import { backOff, failpoint, failpointActive, pause, withDeadline } from "@trunkline/runtime";
import { tally } from "@trunkline/telemetry";
import { gathering } from "./gather.ts";
import type { OutboxEntry } from "./topic.ts";
import type { Outgoing, Transport } from "./transport.ts";

/** The pending events of one document, in order, and how to say that they are out. */
export type Publication = {
  /** Collection, so that equal ids of different stores stay apart. */
  readonly source: string;
  readonly topic: string;
  readonly tenant: string;
  readonly id: string;
  readonly entries: readonly OutboxEntry[];
  /** Called once with the last sequence that the transport has acknowledged. */
  readonly published: (lastSequence: number) => void;
};

export type Relay = {
  /**
   * Takes what the document has pending; what is under way already is not sent twice. False when the relay is full or
   * closing: the sweeper brings it again.
   */
  offer(publication: Publication): boolean;
  /** Events taken and not yet acknowledged. */
  readonly size: () => number;
  /** Takes nothing more; resolves when all is out, or after 10 s: what is left stays in its documents. */
  drain(): Promise<void>;
} & AsyncDisposable;

/** All of a transport that a relay needs. */
type Way = Pick<Transport, "log" | "publisher">;
type Source = Pick<Publication, "source" | "topic" | "tenant" | "id">;
type Waiting = { readonly publication: Publication; readonly entry: OutboxEntry; readonly last: boolean };
type Send = (batch: readonly Waiting[]) => Promise<boolean>;

const CAPACITY = 20_000;
const BATCH = 500;
/** All of a batch may go to one partition, as one record batch, and a broker takes 1 MiB at most (message.max.bytes). */
const BATCH_BYTES = 512 * 1024;
const ENTRY_OVERHEAD_BYTES = 1024;
/** Between one batch of a stream and the next, unless a whole one waits. */
const GATHER_MS = 15;
const DRAIN_MS = 10_000;
/**
 * So long a relay has an event to itself. What it could not send by then it gives up, the sweeper has it in its document: sent later, it would
 * come behind what others have published meanwhile.
 */
export const RELAY_HOLDS_MS = 3_000;
/** Longer than a client needs to ask all brokers; a broker that is frozen does not even break the connection. */
const ANSWER_MS = 20_000;

const published = tally("events.published", "events that the transport has acknowledged, by topic", "topic");

/**
 * One batch is in flight at a time, and events that come meanwhile are collected for the next. A trickle goes at once, a
 * stream in batches with a moment between them, because each costs producer, broker and every consumer alike.
 * What it cannot send for three seconds it gives up, and all that waits behind: the events are safe in their documents.
 */
export async function createRelay(transport: Way): Promise<Relay> {
  const stopping = new AbortController();
  const sender = await openSender(transport, stopping.signal);
  const queue = openQueue(sender.send);
  const depth = metrics
    .getMeter("@trunkline/events")
    .createObservableGauge("outbox.waiting", { description: "events taken by the relay and not yet acknowledged" });
  depth.addCallback((result) => result.observe(queue.size()));
  const drain = () => withDeadline("publishing", DRAIN_MS, queue.close()).catch(() => stopping.abort());
  return {
    size: queue.size,
    offer: queue.offer,
    drain,
    [Symbol.asyncDispose]: async () => {
      if (!stopping.signal.aborted) await drain();
      stopping.abort();
      await sender.close();
    },
  };
}

/** The same batch until it is kept. What became of one that was given up nobody knows: then comes a new publisher. */
async function openSender({ log, publisher }: Way, stop: AbortSignal): Promise<{ readonly send: Send; close(): Promise<void> }> {
  let line = publisher();
  await line.open();
  const send: Send = async (batch) => {
    const since = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        await withDeadline("publishing", ANSWER_MS, line.send(batch.map(toMessage)));
        return true;
      } catch (error) {
        log.warn({ err: error, attempt, events: batch.length }, "publishing failed; it is tried again");
        if (stop.aborted || performance.now() - since > RELAY_HOLDS_MS) break;
        await backOff(attempt, 50, 1_000, stop);
      }
    }
    await line.close();
    line = publisher();
    return false;
  };
  return { send, close: () => line.close() };
}

function openQueue(send: Send): Pick<Relay, "offer" | "size"> & { close(): Promise<void> } {
  const waiting: Waiting[] = [];
  /** Highest sequence under way of each document. */
  const taken = new Map<string, number>();
  let running: Promise<void> | undefined;
  const closing = new AbortController();
  const { passed, rest } = gathering(GATHER_MS);
  const work = async () => {
    while (waiting.length > 0) {
      const wait = batchLength(waiting) === waiting.length ? rest() : 0;
      if (wait > 0) await pause(wait, closing.signal);
      failpoint("relay.before_send");
      const batch = waiting.slice(0, batchLength(waiting));
      passed(batch.length);
      if (!(await send(batch))) return giveUp();
      failpoint("relay.after_send");
      waiting.splice(0, batch.length);
      for (const { publication, entry, last } of batch) {
        if (taken.get(nameOf(publication)) === entry.n) taken.delete(nameOf(publication));
        published(publication.topic);
        if (last) publication.published(entry.n);
      }
    }
  };
  /** All of it: of a document whose older events are not out none may overtake them. */
  const giveUp = () => {
    waiting.length = 0;
    taken.clear();
  };
  const wake = () => {
    running ??= work().finally(() => {
      running = undefined;
      // What came after the last look and before this line.
      if (waiting.length > 0) wake();
    });
  };
  return {
    size: () => waiting.length,
    offer(publication) {
      if (failpointActive("relay.drop") && publication.entries.some(({ n }) => n % 2 === 0)) return false;
      if (closing.signal.aborted || waiting.length >= CAPACITY) return false;
      const after = taken.get(nameOf(publication)) ?? 0;
      const fresh = publication.entries.filter((entry) => entry.n > after);
      const newest = fresh.at(-1);
      if (!newest) return true;
      for (const entry of fresh) waiting.push({ publication, entry, last: entry === newest });
      taken.set(nameOf(publication), newest.n);
      wake();
      return true;
    },
    close: async () => {
      closing.abort();
      while (running) await running;
    },
  };
}

/** How many of the oldest go together; at least one. */
function batchLength(waiting: readonly Waiting[]): number {
  let bytes = 0;
  for (let length = 0; length < Math.min(BATCH, waiting.length); length++) {
    bytes += (waiting[length]?.entry.payload.length ?? 0) + ENTRY_OVERHEAD_BYTES;
    if (bytes > BATCH_BYTES && length > 0) return length;
  }
  return Math.min(BATCH, waiting.length);
}

function nameOf({ source, tenant, id }: Publication): string {
  return `${source}/${tenant}/${id}`;
}

/** CloudEvents Kafka binding, binary mode. The id is made of what identifies the event, so a second copy has the same. */
export function toMessage({ publication, entry }: { readonly publication: Source; readonly entry: OutboxEntry }): Outgoing {
  const key = `${publication.tenant}/${publication.id}`;
  return {
    topic: publication.topic,
    key,
    value: Buffer.from(entry.payload),
    headers: {
      ce_specversion: "1.0",
      ce_id: `${key}/${entry.n}`,
      ce_type: `${publication.topic}.${entry.type}`,
      ce_source: `trunkline/${publication.source}`,
      ce_subject: publication.id,
      ce_time: new Date(entry.at).toISOString(),
      "content-type": "application/protobuf",
      tenant: publication.tenant,
      sequence: String(entry.n),
      schema: "1",
      ...entry.headers,
    },
  };
}
