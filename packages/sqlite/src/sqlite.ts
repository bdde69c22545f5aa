import { DatabaseSync } from "node:sqlite";

/**
 * What a power failure may cost. `normal`: the last moments. `full`: nothing that was acknowledged, for a wait on the disk at each write.
 * What was acknowledged before the process was killed is there either way.
 */
export type Synchronous = "normal" | "full";

/** A backup, or an operator's command, has the file for some milliseconds. */
const BUSY_MS = 2_000;

/** @param file ":memory:" for one that ends with the process */
export function openForWriting(file: string, synchronous: Synchronous): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** One transaction, or a part of the one that is under way. */
export function inOne<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec("BEGIN IMMEDIATE");
  try {
    const done = work();
    db.exec("COMMIT");
    return done;
  } catch (error) {
    // A full disk has ended it already.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** The kind of trouble that SQLite reports, without its details; undefined for any other error. @see https://www.sqlite.org/rescode.html */
export function primaryCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}
