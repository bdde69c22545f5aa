import {
  type DeadLetters,
  KEYS_A_PAGE,
  type KeyOf,
  LETTERS_A_PAGE,
  type Letter,
  type ParkedKey,
  type StoredLetter,
} from "@trunkline/events";
import type { Clock } from "@trunkline/runtime";
import { type Database, openDatabase, type Row } from "./database.ts";

/** As `sequenceOf` reads it, out of the headers: letters of older releases have it as well. */
const sequence = (headers: string) => `coalesce(CAST(${headers} ->> '$.sequence' AS INTEGER), 0)`;
const ORDER = `${sequence("headers")}, partition, offset, event`;

const TABLES = [
  `CREATE TABLE IF NOT EXISTS parked_keys (consumer TEXT, topic TEXT, key TEXT, partition INTEGER, code TEXT, since INTEGER, replay INTEGER,
  version INTEGER, PRIMARY KEY (consumer, topic, key)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS dead_letters (consumer TEXT, topic TEXT, partition INTEGER, offset INTEGER, event TEXT, key TEXT, value BLOB,
  headers TEXT, code TEXT, attempts INTEGER, at INTEGER, PRIMARY KEY (consumer, topic, partition, offset, event)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS dead_letters_in_order ON dead_letters (consumer, topic, key, ${ORDER})`,
  "DROP INDEX IF EXISTS dead_letters_of_key",
];

/** Of a service's file, for the command by which an operator looks at them, also while the service runs. */
export function openFileDeadLetters(file: string, consumer: string, now: Clock): DeadLetters & Disposable {
  const db = openDatabase(file, "normal");
  return { ...sqliteDeadLetters(db, consumer, now), [Symbol.dispose]: () => db.close() };
}

/** A row a letter and one a parked key. */
export function sqliteDeadLetters(db: Database, consumer: string, now: Clock): DeadLetters {
  for (const statement of TABLES) db.run(statement);
  return { ...keysIn(db, consumer, now), ...lettersIn(db, consumer, now) };
}

type Letters = Pick<DeadLetters, "write" | "letters" | "count" | "remove">;

function keysIn(db: Database, consumer: string, now: Clock): Omit<DeadLetters, keyof Letters> {
  const all = "SELECT topic, key, partition FROM parked_keys WHERE consumer = ?";
  const one = "SELECT * FROM parked_keys WHERE consumer = ? AND topic = ? AND key = ?";
  const page = "SELECT * FROM parked_keys WHERE consumer = ? AND (topic, key) > (?, ?) AND replay >= ? ORDER BY topic, key LIMIT ?";
  const park = `INSERT INTO parked_keys VALUES (?, ?, ?, ?, ?, ?, 0, 1)
     ON CONFLICT DO UPDATE SET partition = excluded.partition, version = version + 1`;
  const unpark = "DELETE FROM parked_keys WHERE consumer = ? AND topic = ? AND key = ? AND version = ? AND since = ?";
  const ask = `UPDATE parked_keys SET replay = 1 WHERE consumer = ? AND (? IS NULL OR topic = ?) AND (? IS NULL OR key = ?) AND (? IS NULL OR code = ?)`;
  const end = "UPDATE parked_keys SET replay = 0, code = ? WHERE consumer = ? AND topic = ? AND key = ?";
  return {
    keys: async () =>
      db.all(all, [consumer]).map((row) => ({ topic: String(row["topic"]), key: String(row["key"]), partition: Number(row["partition"]) })),
    find: async (topic, key) => {
      const row = db.get(one, [consumer, topic, key]);
      return row && toKey(row);
    },
    page: async ({ replay }, after) =>
      db.all(page, [consumer, after?.topic ?? "", after?.key ?? "", replay ? 1 : 0, KEYS_A_PAGE]).map(toKey),
    park: async ({ topic, partition, code, message: { key } }) => void db.run(park, [consumer, topic, key, partition, code, now()]),
    unpark: async ({ topic, key, version, since }) => db.run(unpark, [consumer, topic, key, version, since]) === 1,
    askReplay: async (which) => {
      const { topic = null, key = null, code = null } = which as Partial<KeyOf & { code: string }>;
      return db.run(ask, [consumer, topic, topic, key, key, code, code]);
    },
    endReplay: async (topic, key, code) => void db.run(end, [code, consumer, topic, key]),
  };
}

function lettersIn(db: Database, consumer: string, now: Clock): Letters {
  const write = "INSERT OR IGNORE INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  const all = "SELECT * FROM dead_letters WHERE consumer = ? AND topic = ? AND key = ?";
  const first = `${all} ORDER BY ${ORDER} LIMIT ?`;
  // The bound beside it lets the index start at the right place.
  const next = `${all} AND ${sequence("headers")} >= ${sequence("?")} AND (${ORDER}) > (${sequence("?")}, ?, ?, ?) ORDER BY ${ORDER} LIMIT ?`;
  const count = "SELECT count(*) AS letters FROM dead_letters WHERE consumer = ? AND topic = ? AND key = ?";
  const remove = "DELETE FROM dead_letters WHERE consumer = ? AND topic = ? AND partition = ? AND offset = ? AND event = ?";
  return {
    write: async (letter) => {
      const { topic, partition, offset, code, attempts, message } = letter;
      const { key, value, headers } = message;
      db.run(write, [consumer, topic, partition, offset, eventOf(letter), key, value, JSON.stringify(headers), code, attempts, now()]);
    },
    letters: async (topic, key, after) => {
      const headers = JSON.stringify(after?.message.headers);
      const behind = after ? [headers, headers, after.partition, after.offset, eventOf(after)] : [];
      return db.all(after ? next : first, [consumer, topic, key, ...behind, LETTERS_A_PAGE]).map(toLetter);
    },
    count: async (topic, key) => Number(db.get(count, [consumer, topic, key])?.["letters"]),
    remove: async (letter) => void db.run(remove, [consumer, letter.topic, letter.partition, letter.offset, eventOf(letter)]),
  };
}

/** A topic that was made anew begins again with its first offset. */
const eventOf = ({ message }: Letter) => message.headers["ce_id"] ?? "";

function toKey(row: Row): ParkedKey {
  return {
    topic: String(row["topic"]),
    key: String(row["key"]),
    partition: Number(row["partition"]),
    code: String(row["code"]),
    since: Number(row["since"]),
    replay: row["replay"] === 1,
    version: Number(row["version"]),
  };
}

function toLetter(row: Row): StoredLetter {
  return {
    topic: String(row["topic"]),
    partition: Number(row["partition"]),
    offset: Number(row["offset"]),
    message: {
      key: String(row["key"]),
      value: Buffer.from(row["value"] as Uint8Array),
      headers: JSON.parse(String(row["headers"])) as Record<string, string>,
    },
    code: String(row["code"]),
    attempts: Number(row["attempts"]),
    at: Number(row["at"]),
  };
}
