import {
  type DeadLetters,
  KEYS_A_PAGE,
  type KeyOf,
  LETTERS_A_PAGE,
  type Letter,
  type ParkedKey,
  type StoredLetter,
  sequenceOf,
} from "@trunkline/events";
import type { Clock } from "@trunkline/runtime";
import type { Indexed } from "../store.ts";
import { type Collection, guarded, inOneReply, ONE } from "./queries.ts";

/** Beyond what the members of a group park before they rather wait. */
const MOST_KEYS = 100_000;
export const PARKED_KEYS: Indexed = {
  name: "parked_keys",
  indexes: [
    { tenant: 1, _id: 1 },
    { tenant: 1, replay: 1, _id: 1 },
    { tenant: 1, topic: 1, code: 1 },
    { tenant: 1, code: 1 },
  ],
};
export const DEAD_LETTERS: Indexed = {
  name: "dead_letters",
  indexes: [{ tenant: 1, topic: 1, key: 1, sequence: 1, _id: 1 }],
};

type Doc = Record<string, unknown> & { _id: string };

/** A document a letter and one a parked key; `tenant` holds the consumer, whose they are. */
export function mongoDeadLetters(keys: Collection, letters: Collection, consumer: string, now: Clock): DeadLetters {
  return { ...keysIn(keys, consumer, now), ...lettersIn(letters, consumer, now) };
}

type Letters = Pick<DeadLetters, "write" | "letters" | "count" | "remove">;

function keysIn(keys: Collection, consumer: string, now: Clock): Omit<DeadLetters, keyof Letters> {
  const keyId = ({ topic, key }: KeyOf) => `${consumer} ${topic} ${key}`;
  return {
    keys: () =>
      guarded(async () => {
        const docs = await keys
          .find({ tenant: consumer }, { projection: { topic: 1, key: 1, partition: 1 }, ...inOneReply(MOST_KEYS) })
          .toArray();
        return docs.map((doc) => ({ topic: String(doc["topic"]), key: String(doc["key"]), partition: Number(doc["partition"]) }));
      }),
    find: (topic, key) =>
      guarded(async () => {
        const doc = await keys.findOne({ _id: keyId({ topic, key }) }, ONE);
        return doc ? toKey(doc) : undefined;
      }),
    page: ({ replay }, after) =>
      guarded(async () => {
        const filter = { tenant: consumer, ...(replay ? { replay } : {}), ...(after ? { _id: { $gt: keyId(after) } } : {}) };
        return (await keys.find(filter, inOneReply(KEYS_A_PAGE)).sort({ _id: 1 }).toArray()).map(toKey);
      }),
    park: ({ topic, partition, code, message: { key } }) =>
      guarded(async () => {
        const $setOnInsert = { tenant: consumer, topic, key, code, since: now() };
        await keys.updateOne({ _id: keyId({ topic, key }) }, { $setOnInsert, $set: { partition }, $inc: { version: 1 } } as never, {
          upsert: true,
        });
      }),
    unpark: (key) =>
      guarded(async () => {
        // The time too: a key that was unparked and parked again counts its letters anew.
        const { version, since } = key;
        return (await keys.deleteOne({ _id: keyId(key), version, since })).deletedCount === 1;
      }),
    askReplay: (which) =>
      guarded(async () => {
        const filter = "key" in which ? { _id: keyId(which) } : { tenant: consumer, ...which };
        return (await keys.updateMany(filter, { $set: { replay: true } })).matchedCount;
      }),
    endReplay: (topic, key, code) =>
      guarded(async () => void (await keys.updateOne({ _id: keyId({ topic, key }) }, { $set: { code }, $unset: { replay: 1 } }))),
  };
}

function lettersIn(letters: Collection, consumer: string, now: Clock): Letters {
  // With the event's own id: a topic that was made anew begins again with its first offset.
  const letterId = ({ topic, partition, offset, message }: Letter) =>
    `${consumer} ${topic} ${partition} ${offset} ${message.headers["ce_id"] ?? ""}`;
  /** An older release, which may still run beside this one, writes letters without the field. */
  const number = async (topic: string, key: string) => {
    const unnumbered = { tenant: consumer, topic, key, sequence: { $exists: false } };
    for (let more = true; more; ) {
      const found = await letters.find(unnumbered, { promoteBuffers: true, ...inOneReply(LETTERS_A_PAGE) }).toArray();
      for (const doc of found) await letters.updateOne({ _id: doc._id }, { $set: { sequence: sequenceOf(toLetter(doc).message) } });
      more = found.length === LETTERS_A_PAGE;
    }
  };
  return {
    write: (letter) =>
      guarded(async () => {
        const { topic, partition, offset, code, attempts, message } = letter;
        // As text: a header's name may be one that a document's field may not have.
        const headers = JSON.stringify(message.headers);
        const body = { key: message.key, value: message.value, headers, code, attempts, at: now() };
        const $setOnInsert = { tenant: consumer, topic, partition, offset, sequence: sequenceOf(message), ...body };
        await letters.updateOne({ _id: letterId(letter) }, { $setOnInsert }, { upsert: true });
      }),
    letters: (topic, key, after) =>
      guarded(async () => {
        await number(topic, key);
        const sequence = after && sequenceOf(after.message);
        const beyond = after && {
          sequence: { $gte: sequence },
          $or: [{ sequence: { $gt: sequence } }, { sequence, _id: { $gt: letterId(after) } }],
        };
        const filter = { tenant: consumer, topic, key, ...beyond };
        const options = { promoteBuffers: true, ...inOneReply(LETTERS_A_PAGE) };
        return (await letters.find(filter, options).sort({ sequence: 1, _id: 1 }).toArray()).map(toLetter);
      }),
    count: (topic, key) => guarded(() => letters.countDocuments({ tenant: consumer, topic, key }, { maxTimeMS: ONE.maxTimeMS })),
    remove: (letter) => guarded(async () => void (await letters.deleteOne({ _id: letterId(letter) }))),
  };
}

function toKey(doc: Doc): ParkedKey {
  return {
    topic: String(doc["topic"]),
    key: String(doc["key"]),
    partition: Number(doc["partition"]),
    code: String(doc["code"]),
    since: Number(doc["since"]),
    replay: doc["replay"] === true,
    version: Number(doc["version"]),
  };
}

function toLetter(doc: Doc): StoredLetter {
  const headers = JSON.parse(String(doc["headers"])) as Record<string, string>;
  return {
    topic: String(doc["topic"]),
    partition: Number(doc["partition"]),
    offset: Number(doc["offset"]),
    message: { key: String(doc["key"]), value: doc["value"] as Buffer, headers },
    code: String(doc["code"]),
    attempts: Number(doc["attempts"]),
    at: Number(doc["at"]),
  };
}
