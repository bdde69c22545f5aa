import type { Schema } from "mongoose";
import type { Stored } from "./aggregate-document.ts";
import type { Filter } from "./store.ts";

/** The documents of one collection. They are frozen: reader and writer may share them. */
export type Table = {
  readonly indexes: ReturnType<Schema["indexes"]>;
  get(id: string): Stored | undefined;
  put(doc: Stored): void;
  remove(id: string): void;
  /** All that can match the filter, and more: those of the first value or range asked for that an index leads to, or else all. */
  candidates(filter: Filter): Iterable<Stored>;
};

type ByValue = Map<unknown, Set<Stored>>;

export function memoryTable(schema: Schema): Table {
  const docs = new Map<string, Stored>();
  const indexes = schema.indexes();
  // As in a database, every collection of aggregates has one on what timers have postponed.
  const fields = new Map<string, ByValue>([["postponed", new Map()]]);
  for (const [key] of indexes) {
    const field = Object.keys(key).find((name) => name !== "tenant" && name !== "_id");
    if (field !== undefined) fields.set(field, new Map());
  }
  const eachValue = (doc: Stored, visit: (byValue: ByValue, value: unknown) => void) => {
    for (const [field, byValue] of fields) for (const value of [doc[field]].flat()) if (value !== undefined) visit(byValue, value);
  };
  const remove = (id: string) => {
    const doc = docs.get(id);
    docs.delete(id);
    if (!doc) return;
    eachValue(doc, (byValue, value) => {
      const found = byValue.get(value);
      if (found?.delete(doc) && found.size === 0) byValue.delete(value);
    });
  };
  return {
    indexes,
    get: (id) => docs.get(id),
    put(doc) {
      remove(doc._id);
      docs.set(doc._id, freeze(doc));
      eachValue(doc, (byValue, value) => {
        const found = byValue.get(value);
        if (found) found.add(doc);
        else byValue.set(value, new Set([doc]));
      });
    },
    remove,
    *candidates(filter) {
      let ranged: { byValue: ByValue; range: Range } | undefined;
      for (const [field, wanted] of Object.entries(filter)) {
        const byValue = fields.get(field);
        if (byValue && typeof wanted !== "object") return yield* byValue.get(wanted) ?? [];
        if (byValue && isRange(wanted)) ranged ??= { byValue, range: wanted };
      }
      if (!ranged) return yield* docs.values();
      for (const [value, found] of ranged.byValue) if (inRange(value, ranged.range)) yield* found;
    },
  };
}

export type Range = { readonly $lte: number } | { readonly $gte: number; readonly $lt: number };

function isRange(wanted: Filter[string] | undefined): wanted is Range {
  return typeof wanted === "object" && ("$lte" in wanted || "$gte" in wanted);
}

export function inRange(value: unknown, range: Range): boolean {
  if (typeof value !== "number") return false;
  return "$lte" in range ? value <= range.$lte : value >= range.$gte && value < range.$lt;
}

/** What a database would have copied nobody may change; what has not changed since the last write is frozen already. */
function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  for (const key in value) freeze(value[key]);
  return Object.freeze(value);
}
