import { createHash } from "node:crypto";
import { DomainError } from "@trunkline/errors";
import type { Filter, Page, PageOptions } from "./store.ts";

export type Cursor = { readonly value: string | number; readonly id: string };

/** Ties a token to the question it continues: another tenant or filter cannot use it. */
function binding(tenant: string, filter: Filter, by: string): string {
  return createHash("sha256")
    .update(JSON.stringify([tenant, filter, by]))
    .digest("base64url")
    .slice(0, 16);
}

export function pageSize(options: PageOptions): number {
  return options.size <= 0 ? 50 : Math.min(options.size, 200);
}

/** The page of what was found, of which one more than its size tells that more follow. */
export function pageWith<D extends { readonly _id: string }>(
  tenant: string,
  filter: Filter,
  options: PageOptions,
  found: readonly D[],
): Page<D> {
  const { by } = options;
  const size = pageSize(options);
  const items = found.slice(0, size);
  const tokenAfter = (index: number) => {
    const last = items[index];
    return last ? writeToken(tenant, filter, by, { value: last[by as keyof D] as string | number, id: last._id }) : "";
  };
  return { items, tokenAfter, nextToken: found.length > size ? tokenAfter(size - 1) : "" };
}

function writeToken(tenant: string, filter: Filter, by: string, cursor: Cursor): string {
  return Buffer.from(JSON.stringify([binding(tenant, filter, by), cursor.value, cursor.id])).toString("base64url");
}

/** @throws invalid page_token_invalid */
export function readToken(tenant: string, filter: Filter, { by, token }: PageOptions): Cursor | undefined {
  if (token === "") return undefined;
  try {
    const [bound, value, id] = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as [unknown, unknown, unknown];
    const fits =
      bound === binding(tenant, filter, by) && (typeof value === "string" || typeof value === "number") && typeof id === "string";
    if (fits) return { value, id };
  } catch {
    // said below
  }
  throw new DomainError("invalid", "page_token_invalid", "the page_token belongs to another question: start again without one");
}
