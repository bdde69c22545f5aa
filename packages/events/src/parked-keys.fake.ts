import type { ParkedKeys } from "./dead-letters.ts";

/** ParkedKeys in memory, for tests; mongo's is the one that survives. */
export function memoryParkedKeys(): ParkedKeys {
  const parked = new Map<string, { topic: string; key: string; replay: boolean }>();
  const name = (topic: string, key: string) => `${topic} ${key}`;
  return {
    async list() {
      return [...parked.values()];
    },
    async park(topic, key) {
      parked.set(name(topic, key), { topic, key, replay: false });
    },
    async unpark(topic, key) {
      parked.delete(name(topic, key));
    },
    async askReplay(topic, key) {
      const found = parked.get(name(topic, key));
      if (found) found.replay = true;
    },
  };
}
