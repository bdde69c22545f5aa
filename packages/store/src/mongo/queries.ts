import { DomainError } from "@trunkline/errors";
import type { mongo } from "mongoose";
import { type Cursor, pageSize, pageWith, readToken } from "../page-token.ts";
import { type Filter, type Group, type Index, type Indexed, type OldDocument, type Page, type PageOptions, partsOf } from "../store.ts";

type Doc = { _id: string; tenant: string } & Record<string, unknown>;
export type Collection = mongo.Collection<Doc>;

/** Every read has a bound; the database is told as well. */
const MAX_TIME_MS = 10_000;

/** Of one document, with its bytes as Node's own. */
export const ONE = { promoteBuffers: true, maxTimeMS: MAX_TIME_MS } as const;

/**
 * At most so many, in the first reply: by default what is longer than 101 takes a second trip and keeps a cursor open in between, for which
 * FerretDB opens a connection of its own.
 */
export const inOneReply = (limit: number) => ({ limit, batchSize: limit + 1, maxTimeMS: MAX_TIME_MS });

/** One page under (tenant, filter), newest or oldest first; no totals. */
export async function findPage(
  collection: Collection,
  { lists = [] }: Pick<Indexed, "lists">,
  tenant: string,
  filter: Filter,
  options: PageOptions,
): Promise<Page<Doc>> {
  const cursor = readToken(tenant, filter, options);
  // Side by side, not spread into one: both may hold bounds of the field that the page is sorted by.
  const query = (
    cursor ? { tenant, $and: [filter, after(options, cursor, !lists.some((field) => field in filter))] } : { tenant, ...filter }
  ) as mongo.Filter<Doc>;
  const docs = await collection
    .find(query, { projection: { outbox: 0 }, ...inOneReply(pageSize(options) + 1) })
    .sort({ [options.by]: options.direction, _id: options.direction })
    .toArray();
  return pageWith(tenant, filter, options, docs);
}

/** @param bounded the bound beside the $or lets an index start at the right place; over elements of lists an engine may give up its order for it */
function after({ by, direction }: PageOptions, { value, id }: Cursor, bounded: boolean): object {
  const beyond = direction === 1 ? "$gt" : "$lt";
  return {
    ...(bounded ? { [by]: { [direction === 1 ? "$gte" : "$lte"]: value } } : {}),
    $or: [{ [by]: { [beyond]: value } }, { [by]: value, _id: { [beyond]: id } }],
  };
}

/** @param indexes those that are declared: the one that begins with what is asked for and goes on with the field is taken */
export async function groupBy(
  collection: Collection,
  indexes: readonly Index[],
  tenant: string,
  filter: Filter,
  by: string,
  sum: string | undefined,
): Promise<readonly Group[]> {
  const asked = ["tenant", ...Object.keys(filter)];
  const serves = (keys: readonly string[]) =>
    asked.every((field) => keys.slice(0, asked.length).includes(field)) && keys[asked.length] === by;
  const hint = indexes.map((index) => partsOf(index)[0]).find((keys) => serves(Object.keys(keys)));
  const total = sum === undefined ? 0 : { $sum: `$${sum}` };
  const groups = await collection
    .aggregate<{ _id: string | number | null; count: number; sum?: number }>(
      [{ $match: { tenant, ...filter } }, { $group: { _id: `$${by}`, count: { $sum: 1 }, ...(total === 0 ? {} : { sum: total }) } }],
      { maxTimeMS: MAX_TIME_MS, ...(hint ? { hint } : {}) },
    )
    .toArray();
  return groups.map(({ _id, count, sum: all = 0 }) => ({ value: _id ?? undefined, count, sum: all }));
}

export function countUpTo(collection: Collection, tenant: string, filter: Filter, most: number): Promise<number> {
  return collection.countDocuments({ tenant, ...filter } as mongo.Filter<Doc>, { limit: most, maxTimeMS: MAX_TIME_MS });
}

export function findDue(collection: Collection, filter: Filter, by: string, limit: number): Promise<Doc[]> {
  return collection
    .find(filter as mongo.Filter<Doc>, inOneReply(limit))
    .sort({ [by]: 1 })
    .toArray();
}

/** @param by since when a document is over; undefined where none ever is */
export async function findOver(collection: Collection, by: string | undefined, until: number, limit: number): Promise<OldDocument[]> {
  if (by === undefined) return [];
  const docs = await findDue(collection, { [by]: { $lte: until } }, by, limit);
  // What has still to be announced stays, and is told apart here: it is next to none.
  return docs.filter((doc) => doc["pendingSince"] === undefined);
}

/** Removes those whose version has not moved, and that have nothing to announce since. */
export async function removeSame(collection: Collection, version: "version" | "rowVersion", docs: readonly OldDocument[]): Promise<number> {
  const operations = docs.map((doc) => ({
    deleteOne: { filter: { _id: doc._id, [version]: doc[version], pendingSince: { $exists: false } } },
  }));
  return (await collection.bulkWrite(operations as never, { ordered: false })).deletedCount;
}

/** A unique key that two writers raced for; one engine answers "deadlock detected" for the same thing. */
export function isDuplicate(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 11000 || code === 16908292;
}

const CONNECTION_ERRORS =
  /^Mongo(Network|ServerSelection|PoolCleared|WaitQueue|Topology|NotConnected|Client|OperationTimeout)|MongooseServerSelection/;
/**
 * What a server answers while it fails over, stops, or is too slow: 6, 7, 89, 9001 network; 50, 262 out of time; 91, 189, 10107, 10058, 11600,
 * 11602, 13435, 13436 shutting down or not primary; 134, 133 no majority or node to read from. All of them pass.
 * @see MongoDB specification "Retryable Reads", list of retryable errors
 */
const PASSING_CODES = new Set([6, 7, 50, 89, 91, 133, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436]);
const PASSING_LABELS = ["RetryableWriteError", "RetryableError", "TransientTransactionError", "SystemOverloadedError"];

/** Driver errors as kinds that callers and consumers know. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { name = "", code, hasErrorLabel } = error as { name?: string; code?: unknown; hasErrorLabel?: (label: string) => boolean };
  const passes =
    CONNECTION_ERRORS.test(name) ||
    PASSING_CODES.has(code as number) ||
    (typeof hasErrorLabel === "function" && PASSING_LABELS.some((label) => hasErrorLabel.call(error, label)));
  if (!passes) return error;
  return new DomainError("unavailable", "database_unavailable", "the database does not answer: try again shortly", {}, error);
}

/** Runs database work with its errors translated. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}
