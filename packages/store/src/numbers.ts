import { DomainError } from "@trunkline/errors";
import { inOrder } from "./asked.ts";
import type { RowStore, StoreBackend } from "./store.ts";

type NumberRow = { readonly ownerKey?: string; readonly n: number };

/** Numbers for people: one row a number, claimed in order, so that no number is missing or given twice. */
export type NumberStore = {
  /**
   * What has this id gets its number, claimed now unless it has one.
   * @param series what comes before it, as 2026 of 2026-000001: each is counted by itself
   */
  claim(tenant: string, id: string, series: string): Promise<string>;
};

/** Rows claimed by others that one claim may walk over before it gives up until the next sweep. */
const WALK = 1_000;

/** @param noun of what is numbered: `request` */
export async function openNumberStore(backend: StoreBackend, noun: string): Promise<NumberStore> {
  const rows = await backend.rows<NumberRow>({ name: `${noun}_numbers`, indexes: [[{ ownerKey: 1 }, { unique: true, sparse: true }]] });
  let last: Promise<unknown> = Promise.resolve();
  return {
    claim: (tenant, id, series) => {
      // One after the other in this process; between processes the owner's unique key lets the second one fail.
      const claimed = last.then(() => claim(rows, noun, { tenant, id, series }));
      last = claimed.catch(() => undefined);
      return claimed;
    },
  };
}

type Wanted = { readonly tenant: string; readonly id: string; readonly series: string };

async function claim(rows: RowStore<NumberRow>, noun: string, { tenant, id, series }: Wanted): Promise<string> {
  const ownerKey = `${tenant}/${id}`;
  const [mine] = (await rows.page(tenant, { ownerKey }, inOrder("n", 1))).items;
  if (mine) return text(series, mine.n);
  const lastId = `${noun}-number-last/${series}`;
  const start = ((await rows.find(tenant, lastId))?.n ?? 0) + 1;
  for (let n = start; n < start + WALK; n++) {
    const row = await rows.upsert(tenant, `${noun}-number/${text(series, n)}`, (taken) => (taken ? undefined : { ownerKey, n }));
    await rows.upsert(tenant, lastId, (known) => (known && known.n >= n ? undefined : { n }));
    if (row?.ownerKey === ownerKey) return text(series, n);
  }
  throw new DomainError("exhausted", "numbers_busy", "too many numbers are being claimed: the next sweep goes on");
}

function text(series: string, n: number): string {
  return `${series}-${String(n).padStart(6, "0")}`;
}
