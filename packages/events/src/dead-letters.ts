import type { Kafka } from "./kafka.ts";
import { scanTopic } from "./scan-topic.ts";
import type { RawMessage } from "./subscription.ts";

export type ParkedKey = {
  readonly topic: string;
  readonly key: string;
  /** Only the member that reads this partition may replay the key. */
  readonly partition: number;
  /** Somebody asked for a replay that has not ended yet. */
  readonly replay: boolean;
};

/** Keys whose events go to the dead letters until somebody replays them; one document a key, written before the commit. */
export type ParkedKeys = {
  list(): Promise<readonly ParkedKey[]>;
  /** A wish to replay stays. */
  park(topic: string, key: string, partition: number, code: string): Promise<void>;
  unpark(topic: string, key: string): Promise<void>;
  askReplay(topic: string, key: string): Promise<void>;
  /** A replay met an error that trying again does not cure: the key stays parked, the wish is answered. */
  endReplay(topic: string, key: string, code: string): Promise<void>;
};

/**
 * Reads a dead-letter topic from its start to its end of now.
 * @returns the letters of one key in the order of their events, each once: at most `limit` of them, after the first `skip`
 */
export async function readDeadLetters(kafka: Kafka, topic: string, key: string, skip: number, limit: number): Promise<RawMessage[]> {
  const seen = new Set<string>();
  const found: RawMessage[] = [];
  await scanTopic(kafka, topic, (raw, offset) => {
    // A crash between letter and commit writes a letter twice; the first ones are in order.
    const id = raw.headers["ce_id"] ?? offset;
    if (raw.key === key && !seen.has(id)) {
      seen.add(id);
      if (seen.size > skip && found.length < limit) found.push(raw);
    }
    return found.length === limit ? "enough" : undefined;
  });
  return found;
}
