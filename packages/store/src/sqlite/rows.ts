import { documentId, idOf } from "../aggregate-document.ts";
import type { RowSpec, RowStore } from "../store.ts";
import { countWrite } from "../writes.ts";
import { firstOf, keptIn, pageOf } from "./questions.ts";
import type { Doc, Table } from "./table.ts";

export function sqliteRows<R extends object>({ name, overBy }: Pick<RowSpec<R>, "name" | "overBy">, table: Table): RowStore<R> {
  const rowOf = ({ _id, tenant, rowVersion, ...row }: Doc) => row as unknown as R;
  return {
    ...keptIn(table, name, "rowVersion", overBy),
    find: async (tenant, id) => {
      const found = table.get(documentId(tenant, id));
      return found && rowOf(found.doc);
    },
    upsert: async (tenant, id, decide) => {
      const doc = table.get(documentId(tenant, id))?.doc;
      const before = doc && rowOf(doc);
      const after = decide(before);
      if (after === undefined) return before;
      table.put(doc, { ...after, _id: documentId(tenant, id), tenant, rowVersion: Number(doc?.["rowVersion"] ?? 0) + 1 });
      countWrite(name);
      return after;
    },
    remove: async (tenant, id) => table.remove([documentId(tenant, id)]),
    page: async (tenant, filter, options) => {
      const page = pageOf(table, tenant, filter, options);
      return { ...page, items: page.items.map((doc) => ({ ...rowOf(doc), id: idOf(doc) })) };
    },
    due: async (filter, by, limit) =>
      firstOf(table, filter, by, limit).map((doc) => ({ tenant: doc.tenant, id: idOf(doc), row: rowOf(doc) })),
  };
}
