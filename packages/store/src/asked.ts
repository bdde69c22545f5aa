import type { Filter, PageOptions } from "./store.ts";

/** Which page a list's request asks for, in the contract's words; or so many from the beginning. */
export type AskedPage = { readonly pageSize: number; readonly pageToken: string } | number;

/** @param by field of the time, or of any other order */
export const newestFirst = (by: string, page: AskedPage): PageOptions => ordered(by, -1, page);
export const inOrder = (by: string, page: AskedPage): PageOptions => ordered(by, 1, page);

function ordered(by: string, direction: 1 | -1, page: AskedPage): PageOptions {
  const { pageSize: size, pageToken: token } = typeof page === "number" ? { pageSize: page, pageToken: "" } : page;
  return { by, direction, size, token };
}

/** Only the fields that ask for something. */
export function given(filter: Readonly<Record<string, string>>): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}

/** The part of a filter that a viewer's data scope adds; undefined sees all. The store's spec derives `visibleTo`. */
export function ownOf(viewer: string | undefined): Filter {
  return viewer === undefined ? {} : { visibleTo: viewer };
}
