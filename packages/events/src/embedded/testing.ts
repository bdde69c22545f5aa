import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Bus, keepingLog, type Logged } from "../testing.ts";
import type { Transport } from "../transport.ts";
import { eventLog } from "./event-log.ts";
import { openFile } from "./open-file.ts";
import { openTables, type Tables } from "./tables.ts";

/** A folder that is gone at the end. */
export function someFolder() {
  const path = mkdtempSync(join(tmpdir(), "trunkline-events-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export type EmbeddedBus = Bus & {
  readonly tables: () => Tables;
  /** As a disk does that has room for so many pages, or for no more than there are. */
  limitPages(most: number): void;
};

/** @param file ":memory:", or one that can be opened again */
export async function openEmbeddedBus(name: string, file: string): Promise<EmbeddedBus> {
  const logged: Logged = [];
  const log = keepingLog(logged);
  const prefix = `${name}.`;
  const open = () => {
    const db = openFile(file, "normal");
    const tables = openTables(file, "normal", db);
    return { db, tables, transport: eventLog(tables, { file, now: Date.now, log, prefix }) };
  };
  let now: { db: DatabaseSync; tables: Tables; transport: Transport } = open();
  const placesOf = (topic: string) => now.tables.topics().get(prefix + topic)?.places ?? [];
  const reopen = async () => {
    await now.transport[Symbol.asyncDispose]();
    now = open();
  };
  return {
    get transport() {
      return now.transport;
    },
    tables: () => now.tables,
    limitPages: (most) => now.db.exec(`PRAGMA max_page_count = ${most}`),
    logged,
    places: async (topic, group) =>
      placesOf(topic).map((place) => ({
        partition: place.partition,
        ...now.tables.bounds(place),
        committed: now.tables.committed(prefix + group, place) ?? 0,
      })),
    removeBefore: async (topic, partition, offset) => {
      for (const place of placesOf(topic)) if (place.partition === partition) now.tables.removeBefore(place, offset);
    },
    ...(file === ":memory:" ? {} : { reopen }),
    [Symbol.asyncDispose]: () => now.transport[Symbol.asyncDispose](),
  };
}
