import { type Clock, type Logger, repeat } from "@trunkline/runtime";
import { changeReader } from "./change-reader.ts";
import type { RowStore } from "./store.ts";

export type Changed = { readonly changedAt: number };

const REFRESH_MS = 2_000;
const OVERLAP_MS = 10_000;

/**
 * Keeps small reference rows whole in memory, for what may wait for no database: all at the start, then every two seconds what
 * changed, whichever instance wrote it. The rows need an index on `changedAt`.
 * @returns `refresh` reads at once
 */
export async function keepInMemory<R extends Changed>(
  rows: Pick<RowStore<R>, "due">,
  remember: (tenant: string, id: string, row: R) => void,
  { now, log }: { readonly now: Clock; readonly log: Logger },
): Promise<AsyncDisposable & { refresh(): Promise<void> }> {
  const refresh = changeReader({
    find: async (from, to, limit) => {
      const changed = await rows.due({ changedAt: { $gte: from, $lt: to } }, "changedAt", limit);
      for (const { tenant, id, row } of changed) remember(tenant, id, row);
      return changed.map(({ row }) => row.changedAt);
    },
    now,
    overlapMs: OVERLAP_MS,
  });
  await refresh();
  const reading = repeat({ what: "reading reference rows again", everyMs: REFRESH_MS, work: refresh, log, restFirst: true });
  return { refresh, [Symbol.asyncDispose]: () => reading[Symbol.asyncDispose]() };
}
