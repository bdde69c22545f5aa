import { DomainError } from "@trunkline/errors";
import { backOff } from "@trunkline/runtime";
import { documentId, idOf } from "../aggregate-document.ts";
import type { RowSpec, RowStore } from "../store.ts";
import { countWrite } from "../writes.ts";
import { type Collection, findDue, findOver, findPage, guarded, isDuplicate, ONE, removeSame } from "./queries.ts";

const TRIES = 12;

type RowDoc = { _id: string; tenant: string; rowVersion: number } & Record<string, unknown>;

export function mongoRows<R extends object>(spec: Pick<RowSpec<R>, "name" | "lists" | "overBy">, collection: Collection): RowStore<R> {
  const { name, overBy } = spec;
  const read = async (tenant: string, id: string) => (await collection.findOne({ _id: documentId(tenant, id) }, ONE)) as RowDoc | null;
  const upsert = async (tenant: string, id: string, decide: (row: R | undefined) => R | undefined) => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const doc = await read(tenant, id);
      const before = doc ? rowOf<R>(doc) : undefined;
      const after = decide(before);
      if (after === undefined) return before;
      const fresh = { _id: documentId(tenant, id), tenant, ...after, rowVersion: (doc?.rowVersion ?? 0) + 1 };
      if (await written(collection, doc, fresh)) {
        countWrite(name);
        return after;
      }
      await backOff(attempt, 5, 200);
    }
    throw new DomainError("conflict", "write_conflict", "this row is being changed by others: try again");
  };
  return {
    name,
    over: (until, limit) => guarded(() => findOver(collection, overBy, until, limit)),
    removeOver: (documents) => guarded(() => removeSame(collection, "rowVersion", documents)),
    find: (tenant, id) =>
      guarded(async () => {
        const doc = await read(tenant, id);
        return doc ? rowOf<R>(doc) : undefined;
      }),
    upsert: (tenant, id, decide) => guarded(() => upsert(tenant, id, decide)),
    remove: (tenant, id) => guarded(async () => void (await collection.deleteOne({ _id: documentId(tenant, id) }))),
    page: (tenant, filter, options) =>
      guarded(async () => {
        const page = await findPage(collection, spec, tenant, filter, options);
        return { ...page, items: page.items.map((doc) => ({ ...rowOf<R>(doc as RowDoc), id: idOf(doc) })) };
      }),
    due: (filter, by, limit) =>
      guarded(async () =>
        (await findDue(collection, filter, by, limit)).map((doc) => ({ tenant: doc.tenant, id: idOf(doc), row: rowOf<R>(doc as RowDoc) })),
      ),
  };
}

async function written(collection: Collection, doc: RowDoc | null, fresh: RowDoc): Promise<boolean> {
  try {
    if (!doc) {
      await collection.insertOne(fresh);
      return true;
    }
    const result = await collection.replaceOne({ _id: doc._id, rowVersion: doc.rowVersion }, fresh);
    return result.matchedCount === 1;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

function rowOf<R>({ _id, tenant, rowVersion, ...row }: RowDoc): R {
  return row as R;
}
