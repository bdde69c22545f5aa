import type { OutboxEntry } from "@trunkline/events";
import { type Database, openDatabase } from "./database.ts";
import { entriesOf, pagesOf } from "./table.ts";

/** A document as a service's file keeps it, with what it has still to announce, since when. */
export type FileDocument = {
  readonly doc: { readonly _id: string };
  readonly outbox: readonly OutboxEntry[];
  readonly since: number | undefined;
};

/** Everything that a service's file holds, a page at a time by id; of a file that nobody uses. */
export function* documentsOf(file: string): Generator<{ readonly collection: string; readonly page: readonly FileDocument[] }> {
  using opened = new DisposableStack();
  const db = opened.adopt(openDatabase(file, "normal"), (one) => one.close());
  for (const collection of collectionsIn(db)) {
    for (const rows of pagesOf(db, collection)) {
      const page = rows.map(({ doc, outbox, since }) => ({
        doc: JSON.parse(String(doc)) as FileDocument["doc"],
        outbox: entriesOf(outbox),
        since: since === null ? undefined : Number(since),
      }));
      yield { collection, page };
    }
  }
}

/** The tables of documents; beside them stand those of elements, parked keys and dead letters. */
export function collectionsIn(db: Pick<Database, "all">): readonly string[] {
  const tables = db.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%outbox BLOB, since INTEGER%' ORDER BY name");
  return tables.map(({ name }) => String(name));
}
