import { DatabaseSync } from "node:sqlite";
import { collectionsIn } from "./documents.ts";

/** Collections of a file in which something has still to be announced, or a fact to be summed up (`dirtySince`); read beside the service that runs. */
export function waitingIn(file: string): readonly string[] {
  using opened = new DisposableStack();
  const db = opened.adopt(new DatabaseSync(file, { readOnly: true }), (one) => one.close());
  const tables = collectionsIn({ all: (sql) => db.prepare(sql).all() });
  const isWaiting = (name: string) =>
    db.prepare(`SELECT 1 FROM "${name}" WHERE since IS NOT NULL LIMIT 1`).get() ??
    db.prepare(`SELECT 1 FROM "${name}" WHERE doc ->> '$.dirtySince' IS NOT NULL LIMIT 1`).get();
  return tables.filter((name) => isWaiting(name) !== undefined);
}
