import type { RowStore } from "@trunkline/mongo";
import { type Clock, type Logger, repeat } from "@trunkline/runtime";

export type Changed = { readonly changedAt: number };

const REFRESH_MS = 2_000;
/** Changes of the last moments are read again, for clocks and writes that overlap. */
const OVERLAP_MS = 10_000;
/** More rows than one installation has. */
const ALL = 100_000;

/**
 * Keeps small reference rows whole in memory, for what may wait for no database: all at the start, then every two seconds what
 * changed, whichever instance wrote it. The rows need an index on `changedAt`.
 */
export async function keepInMemory<R extends Changed>(
  rows: Pick<RowStore<R>, "due">,
  remember: (tenant: string, id: string, row: R) => void,
  { now, log }: { readonly now: Clock; readonly log: Logger },
): Promise<AsyncDisposable> {
  let from = 0;
  const refresh = async () => {
    const at = now();
    const changed = await rows.due({ changedAt: { $gte: from, $lt: Number.MAX_SAFE_INTEGER } }, "changedAt", ALL);
    for (const { tenant, id, row } of changed) remember(tenant, id, row);
    from = at - OVERLAP_MS;
  };
  await refresh();
  return repeat({ what: "reading reference rows again", everyMs: REFRESH_MS, work: refresh, log, restFirst: true });
}
