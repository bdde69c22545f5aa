import { DomainError } from "@trunkline/errors";
import type { mongo } from "mongoose";
import { type Cursor, pageSize, readToken, writeToken } from "./page-token.ts";
import type { Filter, Page, PageOptions } from "./store.ts";

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
export async function findPage(collection: Collection, tenant: string, filter: Filter, options: PageOptions): Promise<Page<Doc>> {
  const cursor = readToken(tenant, filter, options);
  const size = pageSize(options);
  const query = { tenant, ...filter, ...(cursor ? after(options, cursor) : {}) } as mongo.Filter<Doc>;
  const docs = await collection
    .find(query, { projection: { outbox: 0 }, ...inOneReply(size + 1) })
    .sort({ [options.by]: options.direction, _id: options.direction })
    .toArray();
  const items = docs.slice(0, size);
  const last = docs.length > size ? items.at(-1) : undefined;
  const nextToken = last ? writeToken(tenant, filter, options.by, { value: last[options.by] as string | number, id: last._id }) : "";
  return { items, nextToken };
}

function after({ by, direction }: PageOptions, { value, id }: Cursor): object {
  const beyond = direction === 1 ? "$gt" : "$lt";
  // The bound beside the $or lets the index start at the right place.
  return {
    [by === "_id" ? "_id" : by]: { [direction === 1 ? "$gte" : "$lte"]: value },
    $or: [{ [by]: { [beyond]: value } }, { [by]: value, _id: { [beyond]: id } }],
  };
}

export function findDue(collection: Collection, filter: Filter, by: string, limit: number): Promise<Doc[]> {
  return collection
    .find(filter as mongo.Filter<Doc>, inOneReply(limit))
    .sort({ [by]: 1 })
    .toArray();
}

/** A unique key that two writers raced for; one engine answers "deadlock detected" for the same thing. */
export function isDuplicate(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 11000 || code === 16908292;
}

/** Driver errors as kinds that callers and consumers know. */
function toStoreError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const name = (error as { name?: string }).name ?? "";
  if (/^Mongo(Network|ServerSelection|PoolCleared|WaitQueue|Topology|NotConnected|Client)|MongooseServerSelection/.test(name)) {
    return new DomainError("unavailable", "database_unavailable", "the database does not answer: try again shortly", {}, error);
  }
  return error;
}

/** Runs database work with its errors translated. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}
