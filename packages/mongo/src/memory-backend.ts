import type { Relay } from "@trunkline/events";
import type { Clock } from "@trunkline/runtime";
import { sqliteBackend } from "./sqlite-backend.ts";
import type { StoreBackend } from "./store.ts";

/** What ends with the process: for unit tests, and for benches that isolate what the product itself costs. */
export function memoryBackend(relay: Pick<Relay, "offer">, now: Clock): StoreBackend {
  return sqliteBackend({ file: ":memory:", relay, now, log: { warn: () => undefined } });
}
