import type { ParkedKeys } from "@trunkline/events";
import { type Collection, inOneReply } from "./mongo-queries.ts";

/** Beyond what the members of a group park before they rather wait. */
const LIMIT = 100_000;

/** One document a parked key; `tenant` holds the consumer, whose keys these are. */
export function mongoParkedKeys(collection: Collection, consumer: string): ParkedKeys {
  const id = (topic: string, key: string) => `${consumer} ${topic} ${key}`;
  return {
    async list() {
      const docs = await collection.find({ tenant: consumer }, inOneReply(LIMIT)).toArray();
      return docs.map((doc) => ({
        topic: String(doc["topic"]),
        key: String(doc["key"]),
        partition: Number(doc["partition"]),
        replay: doc["replay"] === true,
      }));
    },
    async park(topic, key, partition, code) {
      const $set = { tenant: consumer, topic, key, partition, code };
      await collection.updateOne({ _id: id(topic, key) }, { $set }, { upsert: true });
    },
    async unpark(topic, key) {
      await collection.deleteOne({ _id: id(topic, key) });
    },
    async askReplay(topic, key) {
      await collection.updateOne({ _id: id(topic, key) }, { $set: { replay: true } });
    },
    async endReplay(topic, key, code) {
      await collection.updateOne({ _id: id(topic, key) }, { $set: { replay: false, code } });
    },
  };
}
