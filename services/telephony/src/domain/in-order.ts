import { OrderedMap } from "@js-sdsl/ordered-map";

/** Numbers decide one after the other, then the lower id. */
export type Key = { readonly by: readonly number[]; readonly id: string };

/** Things in the order of their keys; each key once. Reading the first few of 20,000 costs no more than of 20. */
export type InOrder<T> = {
  put(key: Key, value: T): void;
  remove(key: Key): void;
  readonly size: number;
} & Iterable<T>;

export function inOrder<T>(): InOrder<T> {
  const map = new OrderedMap<Key, T>([], compare);
  return {
    put: (key, value) => void map.setElement(key, value),
    remove: (key) => void map.eraseElementByKey(key),
    get size() {
      return map.size();
    },
    // The map's own iteration goes down from its root for each element.
    *[Symbol.iterator]() {
      for (let at = map.begin(); !at.equals(map.end()); at = at.next()) yield at.pointer[1];
    },
  };
}

function compare(a: Key, b: Key): number {
  for (const [n, value] of a.by.entries()) {
    const other = b.by[n] as number;
    if (value !== other) return value - other;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
