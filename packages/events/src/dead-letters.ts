import type { RawMessage } from "./subscription.ts";

/** Where an event stood. It says nothing of its order: a topic that was made anew, or moved to other engines, begins again. */
type Place = { readonly topic: string; readonly partition: number; readonly offset: number };

/** An event without its effect: it could not be handled, or follows one that could not. Kept until it is applied or dropped. */
export type Letter = Place & {
  readonly message: RawMessage;
  /** Why; `key_parked` where it only follows another one. */
  readonly code: string;
  readonly attempts: number;
};

/** When it became a letter, epoch ms. */
export type StoredLetter = Letter & { readonly at: number };

export type KeyOf = { readonly topic: string; readonly key: string };

/** A key whose events become letters until all of them are applied. */
export type ParkedKey = KeyOf & {
  /** Only the member that reads this partition may replay the key. */
  readonly partition: number;
  /** Why its first letter was written, or why its last replay ended. */
  readonly code: string;
  /** Epoch ms. */
  readonly since: number;
  /** Somebody asked for a replay that has not ended yet. */
  readonly replay: boolean;
  /** Grows with each letter. */
  readonly version: number;
};

/** Of a page of letters or of keys. Of the largest events a page of letters is 13 MB. */
export const LETTERS_A_PAGE = 50;
export const KEYS_A_PAGE = 200;

/** The dead letters of one consumer, by key. Each method is one write or one read by an index; each may be repeated. */
export type DeadLetters = {
  /** All keys that are parked, for the gate. */
  keys(): Promise<readonly Pick<ParkedKey, "topic" | "key" | "partition">[]>;
  find(topic: string, key: string): Promise<ParkedKey | undefined>;
  /** A page in the order of topic and key. @param after the last one of the page before */
  page(only: { readonly replay?: true }, after?: KeyOf): Promise<readonly ParkedKey[]>;
  /** First the letter: what stands there already stays, with its cause. */
  write(letter: Letter): Promise<void>;
  /** Then its key. A wish to replay, the cause and the time stay. */
  park(letter: Letter): Promise<void>;
  /**
   * A page of the key's letters by `sequenceOf`; those that have none, which nobody can apply, first.
   * @param after the last one of the page before
   */
  letters(topic: string, key: string, after?: Letter): Promise<readonly StoredLetter[]>;
  count(topic: string, key: string): Promise<number>;
  /** It is applied. */
  remove(letter: Letter): Promise<void>;
  /** @returns false when a letter was written since the key was read */
  unpark(key: ParkedKey): Promise<boolean>;
  /** @returns how many keys there are of this kind */
  askReplay(which: KeyOf | { readonly topic?: string; readonly code?: string }): Promise<number>;
  /** A replay met an error that trying again does not cure: the key stays parked, the wish is answered. */
  endReplay(topic: string, key: string, code: string): Promise<void>;
};

/**
 * Removes the first letters of a key without their effect and asks for a replay: which applies what else is there, and unparks the key.
 * @param count as whoever decides this has seen them: what came since stays
 * @returns how many there were
 */
export async function dropLetters(dead: DeadLetters, topic: string, key: string, count: number): Promise<number> {
  let dropped = 0;
  for (let more = true; more; ) {
    const page = (await dead.letters(topic, key)).slice(0, count - dropped);
    for (const letter of page) await dead.remove(letter);
    dropped += page.length;
    more = page.length > 0 && dropped < count;
  }
  await dead.askReplay({ topic, key });
  return dropped;
}
