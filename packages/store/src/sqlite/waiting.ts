import { DatabaseSync } from "node:sqlite";
import { collectionsIn } from "./documents.ts";

/** Collections of a file in which something has still to be announced, or a fact to be summed up (`dirtySince`); read beside the service that runs. */
export function waitingIn(file: string): readonly string[] {
  using db = new DatabaseSync(file, { readOnly: true });
  const tables = collectionsIn({ all: (sql) => db.prepare(sql).all() });
  const holds = (sql: string) => db.prepare(sql).get() !== undefined;
  // Only where it has an index: nobody else has facts, and all documents would be read to find that out.
  const sumsUp = (name: string) => holds(`SELECT 1 FROM sqlite_schema WHERE name = '${name}__dirtySince'`);
  return tables.filter(
    (name) =>
      holds(`SELECT 1 FROM "${name}" WHERE since IS NOT NULL LIMIT 1`) ||
      (sumsUp(name) && holds(`SELECT 1 FROM "${name}" WHERE doc ->> '$.dirtySince' IS NOT NULL LIMIT 1`)),
  );
}
