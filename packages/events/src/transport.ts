import type { Logger } from "@trunkline/runtime";
import type { RawMessage } from "./subscription.ts";
import type { Topic } from "./topic.ts";

/**
 * What carries events from relays to consumers. Topics and groups are named without the prefix that a transport may put before them.
 * A key is always on the same partition, and a partition keeps the order in which it was written.
 */
export type Transport = {
  readonly log: Logger;
  /** Creates the topics that are missing. */
  ensureTopics(topics: readonly Topic[]): Promise<void>;
  /** A way out for one relay. */
  publisher(): Publisher;
  /** @throws Error when a topic is not there */
  join(membership: Membership): Promise<Member>;
  /** Reads a topic from its start to its end of now, each partition in its order. `take` ends it early with "enough". */
  scan(topic: string, take: (message: RawMessage, offset: number) => "enough" | undefined): Promise<void>;
  /** In words which of these groups still has to read what; empty when each stands at the end of all that it reads. */
  backlog(groups: readonly string[]): Promise<string[]>;
} & AsyncDisposable;

export type Outgoing = RawMessage & { readonly topic: string };

/** One batch at a time. */
export type Publisher = {
  /** May be left out: the first batch opens it. */
  open(): Promise<void>;
  /** Resolves when the batch is kept. When it rejects nobody knows what became of it: the same batch may follow, or another publisher. */
  send(batch: readonly Outgoing[]): Promise<void>;
  close(): Promise<void>;
};

/** An event as it stands on its partition. */
export type LogMessage = {
  readonly offset: number;
  readonly key: string;
  /** Its header `ce_type`: enough to know whether anybody wants the rest. */
  readonly type: string | undefined;
  read(): RawMessage;
};

/** Some events of one partition, in their order. */
export type Batch = {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly LogMessage[];
  /** So many more are known to wait behind these. */
  readonly behind: number;
};

export type BatchResult = {
  /** Handled up to before this offset, without a gap; undefined: nothing is. */
  readonly next: number | undefined;
  /** The partition is not read until this resolves, then from `next`. */
  readonly paused: Promise<void> | undefined;
};

export type Membership = {
  readonly group: string;
  readonly topics: readonly string[];
  /** One batch of a partition at a time, partitions side by side. `halted`: the member no longer reads this partition, the rest is not its own. */
  readonly handle: (batch: Batch, halted: () => boolean) => Promise<BatchResult>;
  /** The partitions that this member reads from now on, by {@link placeOf}. */
  readonly assigned: (owned: ReadonlySet<string>) => void;
  /** The consumer ends: nothing is restarted or resumed any more. */
  readonly stop: AbortSignal;
};

/** `next`: the first that is not handled. */
export type Offset = { readonly topic: string; readonly partition: number; readonly next: number };

/** One of those who share what a group reads; a group reads from where it has committed, at first from the start. */
export type Member = {
  /** Resolves when the group has taken this member in. */
  readonly joined: Promise<void>;
  /** Why it stands still; undefined while it runs. */
  failure(): Error | undefined;
  commit(offsets: readonly Offset[]): Promise<void>;
  /** Reads no more; what is being handled goes on. */
  halt(): void;
  /** What it has read and not committed goes to another. */
  leave(): Promise<void>;
};

export function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
