import type { ParkedKey, ParkedKeys } from "./dead-letters.ts";

/** ParkedKeys in memory, for tests; mongo's is the one that survives. */
export function memoryParkedKeys(): ParkedKeys {
  const parked = new Map<string, ParkedKey>();
  const name = (topic: string, key: string) => `${topic} ${key}`;
  const wish = (topic: string, key: string, replay: boolean) => {
    const found = parked.get(name(topic, key));
    if (found) parked.set(name(topic, key), { ...found, replay });
  };
  return {
    async list() {
      return [...parked.values()];
    },
    async park(topic, key, partition) {
      const replay = parked.get(name(topic, key))?.replay ?? false;
      parked.set(name(topic, key), { topic, key, partition, replay });
    },
    async unpark(topic, key) {
      parked.delete(name(topic, key));
    },
    async askReplay(topic, key) {
      wish(topic, key, true);
    },
    async endReplay(topic, key) {
      wish(topic, key, false);
    },
  };
}
