import type { Consumer as KafkaConsumer } from "kafkajs";
import type { Kafka } from "./kafka.ts";

type Place = { readonly topic: string; readonly partition: number };

export type Offsets = {
  /** Events handled and not committed, plus events known to wait. */
  lag(): number;
  progress(place: Place & { readonly offset: string | undefined; readonly waiting: number }): void;
  commit(): Promise<void>;
  /** Forgets the partitions that others read now: committing for them would move them back. */
  keep(owned: ReadonlySet<string>): void;
};

/** Commits what is handled, many partitions at a time and a moment later. */
export function openOffsets(consumer: Pick<KafkaConsumer, "commitOffsets">, { log }: Pick<Kafka, "log">): Offsets {
  const dirty = new Map<string, Place & { offset: string }>();
  const waiting = new Map<string, number>();
  return {
    lag: () => [...waiting.values()].reduce((sum, n) => sum + n, 0) + dirty.size,
    progress({ topic, partition, offset, waiting: more }) {
      waiting.set(`${topic}/${partition}`, more);
      if (offset !== undefined) dirty.set(`${topic}/${partition}`, { topic, partition, offset });
    },
    async commit() {
      if (dirty.size === 0) return;
      const offsets = [...dirty.values()];
      dirty.clear();
      await consumer.commitOffsets(offsets).catch((error: unknown) => {
        // Not lost: whoever reads from the older offset meets events that their fences know.
        log.debug({ err: error }, "offsets were not committed");
      });
    },
    keep(owned) {
      for (const known of [dirty, waiting]) for (const place of known.keys()) if (!owned.has(place)) known.delete(place);
    },
  };
}
