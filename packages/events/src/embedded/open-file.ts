import { DatabaseSync } from "node:sqlite";
import { openForWriting, type Synchronous } from "@trunkline/sqlite";
import { guarded, unavailable } from "./trouble.ts";

/** Grows with each change of the tables. */
const SCHEMA = 1;

const TABLES = `
CREATE TABLE topics (name TEXT PRIMARY KEY, compacted INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE partitions (id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL,
  UNIQUE (topic, partition)) STRICT;
CREATE TABLE events (place INTEGER, offset INTEGER, at INTEGER NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (place, offset)) STRICT, WITHOUT ROWID;
CREATE TABLE offsets (consumer TEXT, place INTEGER, next INTEGER NOT NULL, PRIMARY KEY (consumer, place)) STRICT, WITHOUT ROWID;
CREATE TABLE latest (place INTEGER, key TEXT, offset INTEGER NOT NULL, PRIMARY KEY (place, key)) STRICT, WITHOUT ROWID;
CREATE TABLE superseded (at INTEGER, place INTEGER, offset INTEGER, PRIMARY KEY (at, place, offset)) STRICT, WITHOUT ROWID;
PRAGMA user_version = ${SCHEMA};`;

/**
 * One process writes it, which the lock of its folder sees to (packages/store): what is known in memory of a log that another one writes would
 * be wrong.
 * @param look to read it beside that process
 * @throws DomainError unavailable event_log_unavailable, in one line, where the file is damaged, or of a newer release
 */
export function openFile(file: string, synchronous: Synchronous, look = false): DatabaseSync {
  return guarded(file, () => {
    if (look) return new DatabaseSync(file, { readOnly: true });
    const db = openForWriting(file, synchronous);
    try {
      db.exec("PRAGMA journal_size_limit = 67108864; BEGIN IMMEDIATE");
      const schema = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
      if (schema > SCHEMA) throw unavailable(file, `a newer release wrote it (schema ${schema}, this one knows ${SCHEMA}): start that one`);
      if (schema === 0) db.exec(TABLES);
      db.exec("COMMIT");
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}
