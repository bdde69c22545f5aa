import type { ParkedKeys } from "@trunkline/events";
import type { Collection } from "./mongo-queries.ts";

/** One document a parked key; `tenant` holds the consumer, whose keys these are. */
export function mongoParkedKeys(collection: Collection, consumer: string): ParkedKeys {
  const id = (topic: string, key: string) => `${consumer} ${topic} ${key}`;
  return {
    async list() {
      const docs = await collection.find({ tenant: consumer }, { maxTimeMS: 10_000 }).limit(10_000).toArray();
      return docs.map((doc) => ({ topic: String(doc["topic"]), key: String(doc["key"]), replay: doc["replay"] === true }));
    },
    async park(topic, key, code) {
      await collection.updateOne({ _id: id(topic, key) }, { $set: { tenant: consumer, topic, key, code } }, { upsert: true });
    },
    async unpark(topic, key) {
      await collection.deleteOne({ _id: id(topic, key) });
    },
    async askReplay(topic, key) {
      await collection.updateOne({ _id: id(topic, key) }, { $set: { replay: true } });
    },
  };
}
