import type { DatabaseSync } from "node:sqlite";
import { inOne, type Synchronous } from "@trunkline/sqlite";
import type { RawMessage } from "../subscription.ts";
import type { Outgoing } from "../transport.ts";
import { openFile } from "./open-file.ts";
import { partitionOf } from "./partition-of.ts";
import { guarded } from "./trouble.ts";

/** A partition of a topic. */
export type Place = { readonly id: number; readonly topic: string; readonly partition: number };
/** `first`: what stands before it was removed because it was old; `next`: the offset of the event to come. */
export type Bounds = { readonly first: number; readonly next: number };
export type Row = { readonly offset: number; readonly raw: RawMessage };
type Known = { readonly places: readonly Place[]; readonly compacted: boolean };

/** The log's file. Every method is a few short statements by an index, and throws `unavailable` when the file cannot be used. */
export type Tables = {
  /** Creates what is missing; the number of partitions of what is there stays. */
  ensure(topics: readonly { readonly name: string; readonly partitions: number; readonly compacted: boolean }[]): void;
  topics(): ReadonlyMap<string, Known>;
  /** All of it or nothing. @returns what there is something new on, and at which offset each stands */
  append(batch: readonly Outgoing[], at: number): readonly { readonly place: Place; readonly offset: number }[];
  bounds(place: Place): Bounds;
  /** What stands from there on, as much as a reader takes at once. */
  read(place: Place, from: number, most?: number): Row[];
  /** Undefined: never. */
  committed(group: string, place: Place): number | undefined;
  /** Each only forward. */
  commit(group: string, offsets: readonly { readonly place: Place; readonly next: number }[]): void;
  /** Whatever a group has ever committed. */
  placesOf(group: string): readonly Place[];
  /** Removes what stands before this offset. */
  removeBefore(place: Place, offset: number): void;
  /** Removes some of what was written before then. @returns false when there is nothing more */
  removeOld(place: Place, before: number): boolean;
  /** Removes some of what had newer events of its key before then. @returns false when there is nothing more */
  compact(before: number): boolean;
  close(): void;
};

const PAGE_EVENTS = 200;
const PAGE_BYTES = 1024 * 1024;

export function openTables(file: string, synchronous: Synchronous = "normal", db = openFile(file, synchronous)): Tables {
  const parts = guarded(file, () => {
    const catalogue = openCatalogue(db);
    return { ...catalogue, ...writing(db, catalogue.topics), ...reading(db), ...offsetsIn(db, catalogue.topics), ...removing(db) };
  });
  const all = { ...parts, close: () => db.close() };
  const safe = Object.entries(all).map(([name, work]) => [
    name,
    (...args: never[]) => guarded(file, () => (work as (...args: never[]) => unknown)(...args)),
  ]);
  return Object.fromEntries(safe) as Tables;
}

function openCatalogue(db: DatabaseSync): Pick<Tables, "ensure" | "topics"> {
  const known = new Map<string, Known>();
  const all = db.prepare("SELECT id, topic, partition, compacted FROM partitions JOIN topics ON name = topic ORDER BY topic, partition");
  const addTopic = db.prepare("INSERT INTO topics VALUES (?, ?)");
  const addPartition = db.prepare("INSERT INTO partitions (topic, partition, first, next) VALUES (?, ?, 0, 0)");
  const load = () => {
    for (const [topic, rows] of Map.groupBy(all.all(), (row) => String(row["topic"]))) {
      const places = rows.map(({ id, partition }) => ({ id: Number(id), topic, partition: Number(partition) }));
      known.set(topic, { places, compacted: rows[0]?.["compacted"] === 1 });
    }
  };
  load();
  return {
    topics: () => known,
    ensure(topics) {
      const missing = topics.filter(({ name }) => !known.has(name));
      if (missing.length === 0) return;
      inOne(db, () => {
        for (const { name, partitions, compacted } of new Map(missing.map((topic) => [topic.name, topic])).values()) {
          addTopic.run(name, Number(compacted));
          for (let n = 0; n < partitions; n++) addPartition.run(name, n);
        }
      });
      load();
    },
  };
}

function writing(db: DatabaseSync, topics: Tables["topics"]): Pick<Tables, "append"> {
  const take = db.prepare("UPDATE partitions SET next = next + 1 WHERE id = ? RETURNING next - 1 AS offset");
  const insert = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)");
  const supersede = db.prepare("INSERT INTO superseded SELECT ?, place, offset FROM latest WHERE place = ? AND key = ?");
  const newest = db.prepare("INSERT INTO latest VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET offset = excluded.offset");
  const write = ({ topic, key, headers, value }: Outgoing, at: number) => {
    const known = topics().get(topic);
    const place = known?.places[partitionOf(key, known.places.length)];
    if (!place) throw new Error(`there is no topic ${topic}`);
    const offset = Number(take.get(place.id)?.["offset"]);
    insert.run(place.id, offset, at, key, JSON.stringify(headers), value);
    if (known?.compacted) {
      supersede.run(at, place.id, key);
      newest.run(place.id, key, offset);
    }
    return { place, offset };
  };
  return { append: (batch, at) => inOne(db, () => batch.map((message) => write(message, at))) };
}

function reading(db: DatabaseSync): Pick<Tables, "bounds" | "read"> {
  const bounds = db.prepare("SELECT first, next FROM partitions WHERE id = ?");
  const page = db.prepare("SELECT offset, key, headers, value FROM events WHERE place = ? AND offset >= ? ORDER BY offset LIMIT ?");
  return {
    bounds: ({ id }) => {
      const row = bounds.get(id);
      return { first: Number(row?.["first"]), next: Number(row?.["next"]) };
    },
    read({ id }, from, most = PAGE_EVENTS) {
      const rows: Row[] = [];
      let bytes = 0;
      for (const row of page.iterate(id, from, most)) {
        const value = row["value"] as Uint8Array;
        const headers = JSON.parse(String(row["headers"])) as Record<string, string>;
        const raw = { key: String(row["key"]), value: Buffer.from(value.buffer, value.byteOffset, value.byteLength), headers };
        rows.push({ offset: Number(row["offset"]), raw });
        bytes += value.byteLength;
        if (bytes >= PAGE_BYTES) break;
      }
      return rows;
    },
  };
}

function offsetsIn(db: DatabaseSync, topics: Tables["topics"]): Pick<Tables, "committed" | "commit" | "placesOf"> {
  const one = db.prepare("SELECT next FROM offsets WHERE consumer = ? AND place = ?");
  const all = db.prepare("SELECT place FROM offsets WHERE consumer = ?");
  const set = db.prepare("INSERT INTO offsets VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = max(next, excluded.next)");
  return {
    committed: (group, { id }) => {
      const row = one.get(group, id);
      return row && Number(row["next"]);
    },
    commit: (group, offsets) =>
      inOne(db, () => {
        for (const { place, next } of offsets) set.run(group, place.id, next);
      }),
    placesOf: (group) => {
      const ids = new Set(all.all(group).map(({ place }) => Number(place)));
      return [...topics().values()].flatMap(({ places }) => places.filter(({ id }) => ids.has(id)));
    },
  };
}

const REMOVED_AT_ONCE = 100;

function removing(db: DatabaseSync): Pick<Tables, "removeBefore" | "removeOld" | "compact"> {
  const oldest = db.prepare("SELECT offset, at FROM events WHERE place = ? ORDER BY offset LIMIT ?");
  const remove = db.prepare("DELETE FROM events WHERE place = ? AND offset < ?");
  const begin = db.prepare("UPDATE partitions SET first = ? WHERE id = ?");
  const superseded = db.prepare("SELECT at, place, offset FROM superseded WHERE at < ? ORDER BY at LIMIT ?");
  const removeOne = db.prepare("DELETE FROM events WHERE place = ? AND offset = ?");
  const forget = db.prepare("DELETE FROM superseded WHERE at = ? AND place = ? AND offset = ?");
  const removeBefore = ({ id }: Place, offset: number) =>
    inOne(db, () => {
      remove.run(id, offset);
      begin.run(offset, id);
    });
  return {
    removeBefore,
    removeOld(place, before) {
      const rows = oldest.all(place.id, REMOVED_AT_ONCE);
      const kept = rows.findIndex(({ at }) => Number(at) >= before);
      const last = (kept < 0 ? rows : rows.slice(0, kept)).at(-1);
      if (!last) return false;
      removeBefore(place, Number(last["offset"]) + 1);
      return kept < 0;
    },
    compact(before) {
      const rows = superseded
        .all(before, REMOVED_AT_ONCE)
        .map(({ at, place, offset }) => [Number(at), Number(place), Number(offset)] as const);
      if (rows.length === 0) return false;
      inOne(db, () => {
        for (const [at, place, offset] of rows) {
          removeOne.run(place, offset);
          forget.run(at, place, offset);
        }
      });
      return rows.length === REMOVED_AT_ONCE;
    },
  };
}
