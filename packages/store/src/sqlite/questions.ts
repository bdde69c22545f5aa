import { pageSize, pageWith, readToken } from "../page-token.ts";
import type { Filter, Kept, Page, PageOptions } from "../store.ts";
import type { Doc, Table } from "./table.ts";

export function firstOf(table: Table, filter: Filter, by: string, limit: number): Doc[] {
  return table.find({ filter, by, direction: 1, limit });
}

export function pageOf(table: Table, tenant: string, filter: Filter, options: PageOptions): Page<Doc> {
  const { by, direction } = options;
  const after = readToken(tenant, filter, options);
  return pageWith(tenant, filter, options, table.find({ tenant, filter, by, direction, limit: pageSize(options) + 1, after }));
}

/** @param by since when a document is over; undefined where none ever is */
export function keptIn(table: Table, name: string, version: "version" | "rowVersion", by: string | undefined): Kept {
  const isSilent = (id: string) => table.get(id)?.outbox.length === 0;
  return {
    name,
    over: async (until, limit) =>
      by === undefined ? [] : firstOf(table, { [by]: { $lte: until } }, by, limit).filter(({ _id }) => isSilent(_id)),
    removeOver: async (documents) => {
      const same = documents.filter(({ _id, ...doc }) => {
        const now = table.get(_id);
        return now?.doc[version] === doc[version] && now?.outbox.length === 0;
      });
      table.remove(same.map(({ _id }) => _id));
      return same.length;
    },
  };
}
