import type { DeadLetters } from "./dead-letters.ts";

/** So many keys in the dead letters are no bad events but a broken handler: then the partition waits instead. */
export const MOST_PARKED = 10_000;

/** done: never again; later: the partition pauses and the event comes back. */
export type Outcome = "done" | "later";

/** What one member of a group knows of parked keys, and which keys a replay has to itself. */
export type KeyGate = {
  /** @throws when the parked keys cannot be read now */
  known(): Promise<void>;
  /** The partitions have changed hands: others may have parked and unparked since. */
  forget(): void;
  isParked(topic: string, key: string): boolean;
  parked(topic: string, key: string, partition: number): void;
  unparked(topic: string, key: string): void;
  readonly size: () => number;
  /** Of the partitions that this member reads: what others have unparked since it does not know. */
  ownSize(owns: (topic: string, partition: number) => boolean): number;
  /** Runs the work of one event; "later" while a replay holds its key. */
  pass(topic: string, key: string, work: () => Promise<Outcome>): Promise<Outcome>;
  /** Waits for the key's event that is under way, lets none in while the work runs. */
  hold(topic: string, key: string, work: () => Promise<void>): Promise<void>;
};

export function openKeyGate(dead: Pick<DeadLetters, "keys">): KeyGate {
  const now = new Map<string, { readonly topic: string; readonly partition: number }>();
  const held = new Set<string>();
  const underWay = new Map<string, Promise<Outcome>>();
  const name = (topic: string, key: string) => `${topic} ${key}`;
  let reading: Promise<void> | undefined;
  const read = async () => {
    for (const { topic, key, partition } of await dead.keys()) now.set(name(topic, key), { topic, partition });
  };
  return {
    async known() {
      reading ??= read();
      const mine = reading;
      await mine.catch((error: unknown) => {
        if (reading === mine) reading = undefined;
        throw error;
      });
    },
    forget() {
      reading = undefined;
      now.clear();
    },
    isParked: (topic, key) => now.has(name(topic, key)),
    parked: (topic, key, partition) => void now.set(name(topic, key), { topic, partition }),
    unparked: (topic, key) => void now.delete(name(topic, key)),
    size: () => now.size,
    ownSize: (owns) => [...now.values()].filter(({ topic, partition }) => owns(topic, partition)).length,
    async pass(topic, key, work) {
      if (held.has(name(topic, key))) return "later";
      const running = work();
      underWay.set(name(topic, key), running);
      return running.finally(() => {
        if (underWay.get(name(topic, key)) === running) underWay.delete(name(topic, key));
      });
    },
    async hold(topic, key, work) {
      held.add(name(topic, key));
      try {
        await underWay.get(name(topic, key))?.catch(() => undefined);
        await work();
      } finally {
        held.delete(name(topic, key));
      }
    },
  };
}
