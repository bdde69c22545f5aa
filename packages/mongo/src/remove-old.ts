import type { RowStore } from "./store.ts";

const AT_A_TIME = 500;

/** Removes the rows of all tenants whose time `by` is then or earlier. @param by an indexed field */
export async function removeOld<R extends object>(rows: Pick<RowStore<R>, "due" | "remove">, by: string, until: number): Promise<void> {
  for (let left = AT_A_TIME; left === AT_A_TIME; ) {
    const old = await rows.due({ [by]: { $lte: until } }, by, AT_A_TIME);
    for (const { tenant, id } of old) await rows.remove(tenant, id);
    left = old.length;
  }
}
