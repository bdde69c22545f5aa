import type { Stored } from "../aggregate-document.ts";

/** Of each collection; what was written longest ago makes room. */
const MOST = 8_192;
const MOST_BYTES = 16 * 1024 * 1024;

/** The documents that this process has written, as it wrote them last; another process may have written since. */
export type LastWritten = {
  get(id: string): Stored | undefined;
  put(doc: Stored): void;
  /** When it turned out not to be the last one. */
  forget(doc: Stored): void;
};

export function lastWritten(most = MOST, mostBytes = MOST_BYTES): LastWritten {
  const docs = new Map<string, { readonly doc: Stored; readonly bytes: number }>();
  let total = 0;
  const remove = (id: string) => {
    total -= docs.get(id)?.bytes ?? 0;
    docs.delete(id);
  };
  return {
    get: (id) => docs.get(id)?.doc,
    put(doc) {
      // Answers of the database may overtake each other.
      if ((docs.get(doc._id)?.doc.version ?? 0) > doc.version) return;
      remove(doc._id);
      const bytes = sizeOf(doc);
      docs.set(doc._id, { doc, bytes });
      total += bytes;
      for (const id of docs.keys()) {
        if (docs.size <= most && total <= mostBytes) break;
        remove(id);
      }
    },
    forget(doc) {
      if (docs.get(doc._id)?.doc === doc) remove(doc._id);
    },
  };
}

const OVERHEAD = 16;

/** Roughly what a value takes in memory: good enough for a bound. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return OVERHEAD + value.length;
  if (typeof value !== "object" || value === null) return OVERHEAD;
  if (ArrayBuffer.isView(value)) return OVERHEAD + value.byteLength;
  let bytes = OVERHEAD;
  for (const key in value) bytes += OVERHEAD + sizeOf((value as Record<string, unknown>)[key]);
  return bytes;
}
