import {
  type DeadLetters,
  KEYS_A_PAGE,
  type KeyOf,
  LETTERS_A_PAGE,
  type Letter,
  type ParkedKey,
  type StoredLetter,
} from "./dead-letters.ts";
import { sequenceOf } from "./subscription.ts";

/** DeadLetters in memory, for tests; mongo's are the ones that survive. */
export function memoryDeadLetters(now: () => number = Date.now): DeadLetters {
  const parked = new Map<string, ParkedKey>();
  const stored = new Map<string, StoredLetter>();
  const name = ({ topic, key }: KeyOf) => `${topic} ${key}`;
  const place = ({ topic, partition, offset, message }: Letter) => `${topic} ${partition} ${offset} ${message.headers["ce_id"] ?? ""}`;
  const isBehind = (a: Letter, b: Letter) => {
    const [one, other] = [sequenceOf(a.message), sequenceOf(b.message)];
    return one > other || (one === other && place(a) > place(b));
  };
  const ordered = () => [...parked.values()].sort((a, b) => (name(a) < name(b) ? -1 : 1));
  const lettersOf = (topic: string, key: string) =>
    [...stored.values()].filter((letter) => letter.topic === topic && letter.message.key === key).sort((a, b) => (isBehind(a, b) ? 1 : -1));
  return {
    keys: async () => [...parked.values()],
    find: async (topic, key) => parked.get(name({ topic, key })),
    page: async ({ replay }, after) =>
      ordered()
        .filter((one) => (!replay || one.replay) && (!after || name(one) > name(after)))
        .slice(0, KEYS_A_PAGE),
    async write(letter) {
      if (!stored.has(place(letter))) stored.set(place(letter), { ...letter, at: now() });
    },
    async park({ topic, partition, code, message: { key } }) {
      const known = parked.get(name({ topic, key })) ?? { topic, key, code, since: now(), replay: false, version: 0 };
      parked.set(name({ topic, key }), { ...known, partition, version: known.version + 1 });
    },
    letters: async (topic, key, after) =>
      lettersOf(topic, key)
        .filter((letter) => !after || isBehind(letter, after))
        .slice(0, LETTERS_A_PAGE),
    count: async (topic, key) => lettersOf(topic, key).length,
    remove: async (letter) => void stored.delete(place(letter)),
    async unpark(key) {
      const known = parked.get(name(key));
      return known?.version === key.version && known.since === key.since && parked.delete(name(key));
    },
    async askReplay(which) {
      const meant = ordered().filter((one) => Object.entries(which).every(([field, value]) => one[field as keyof ParkedKey] === value));
      for (const one of meant) parked.set(name(one), { ...one, replay: true });
      return meant.length;
    },
    async endReplay(topic, key, code) {
      const known = parked.get(name({ topic, key }));
      if (known) parked.set(name(known), { ...known, replay: false, code });
    },
  };
}
