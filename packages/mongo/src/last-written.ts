import type { Stored } from "./aggregate-document.ts";

/** Of each collection; the one that was written longest ago makes room. */
const MOST = 8_192;

/** The documents that this process has written, as it wrote them last; another process may have written since. */
export type LastWritten = {
  get(id: string): Stored | undefined;
  put(doc: Stored): void;
  /** When it turned out not to be the last one. */
  forget(doc: Stored): void;
};

export function lastWritten(most = MOST): LastWritten {
  const docs = new Map<string, Stored>();
  return {
    get: (id) => docs.get(id),
    put(doc) {
      // Answers of the database may overtake each other.
      if ((docs.get(doc._id)?.version ?? 0) > doc.version) return;
      docs.delete(doc._id);
      docs.set(doc._id, doc);
      if (docs.size > most) docs.delete(docs.keys().next().value as string);
    },
    forget(doc) {
      if (docs.get(doc._id) === doc) docs.delete(doc._id);
    },
  };
}
