import type { SQLInputValue, StatementSync } from "node:sqlite";
import { DomainError, isDomainError } from "@trunkline/errors";
import { inOne, openForWriting, primaryCode, type Synchronous } from "@trunkline/sqlite";

/** A file of SQLite, or one that ends with the process. Statements are prepared once. */
export type Database = {
  all(sql: string, values?: readonly SQLInputValue[]): Row[];
  get(sql: string, values?: readonly SQLInputValue[]): Row | undefined;
  /** How many rows it changed. */
  run(sql: string, values?: readonly SQLInputValue[]): number;
  /** One transaction, or a part of the one that is under way. */
  inOne<T>(work: () => T): T;
  close(): void;
};

export type Row = Record<string, unknown>;

/** Statements of different shape, by far more than a service has. */
const MOST_STATEMENTS = 1_000;
/** After so many pages of 4 KiB in the journal they go into the file. */
const CHECKPOINT_PAGES = 4_000;

/** @throws unavailable database_unavailable when the file cannot be used */
export function openDatabase(file: string, synchronous: Synchronous): Database {
  const translated = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, file);
    }
  };
  const db = translated(() => {
    const opened = openForWriting(file, synchronous);
    opened.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return opened;
  });
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const made = db.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    all: (sql, values = []) => translated(() => prepared(sql).all(...values)),
    get: (sql, values = []) => translated(() => prepared(sql).get(...values)),
    run: (sql, values = []) => translated(() => Number(prepared(sql).run(...values).changes)),
    inOne: (work) => translated(() => inOne(db, work)),
    close: () => db.close(),
  };
}

const UNIQUE = 2067;

/** Another document has the same unique key. */
export function isTaken(error: unknown): boolean {
  return (error as { errcode?: unknown }).errcode === UNIQUE;
}

/** What to do, by SQLite's primary result codes. */
const REMEDIES: Readonly<Record<number, string>> = {
  5: "another process has it open: stop that one",
  8: "it may not be written: give this user the right to, and to its folder",
  10: "the disk does not read or write it: see the system's log",
  11: "it is damaged: stop, and restore the last backup",
  13: "the disk is full: make room, nothing that was acknowledged is lost",
  14: "it cannot be opened: is the folder there, and may this user write in it?",
  26: "it is no database: is it another program's file? Restore the last backup",
};

function toStoreError(error: unknown, file: string): unknown {
  if (isDomainError(error)) return error;
  const remedy = REMEDIES[primaryCode(error) ?? 0];
  return remedy ? new DomainError("unavailable", "database_unavailable", `${file}: ${remedy}`, {}, error) : error;
}
