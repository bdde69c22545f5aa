import { DomainError } from "@trunkline/errors";
import { inOrder, type RowStore, type StoreBackend } from "@trunkline/store";

type NumberRow = { readonly requestKey?: string; readonly n: number };

/** Numbers for people: one row a number, claimed in order, so that no number is missing or given twice. */
export type RequestNumberStore = {
  /** The request's number, claimed now unless it has one. */
  claim(tenant: string, requestId: string, year: number): Promise<string>;
};

/** Rows claimed by others that one claim may walk over before it gives up until the next sweep. */
const WALK = 1_000;

export async function openRequestNumberStore(backend: StoreBackend): Promise<RequestNumberStore> {
  const rows = await backend.rows<NumberRow>({ name: "request_numbers", indexes: [[{ requestKey: 1 }, { unique: true, sparse: true }]] });
  let last: Promise<unknown> = Promise.resolve();
  return {
    claim: (tenant, requestId, year) => {
      // One after the other in this process; between processes the unique request key lets the second one fail.
      const claimed = last.then(() => claim(rows, tenant, requestId, year));
      last = claimed.catch(() => undefined);
      return claimed;
    },
  };
}

async function claim(rows: RowStore<NumberRow>, tenant: string, requestId: string, year: number): Promise<string> {
  const requestKey = `${tenant}/${requestId}`;
  const [mine] = (await rows.page(tenant, { requestKey }, inOrder("n", 1))).items;
  if (mine) return text(year, mine.n);
  const lastId = `request-number-last/${year}`;
  const start = ((await rows.find(tenant, lastId))?.n ?? 0) + 1;
  for (let n = start; n < start + WALK; n++) {
    const row = await rows.upsert(tenant, `request-number/${text(year, n)}`, (taken) => (taken ? undefined : { requestKey, n }));
    await rows.upsert(tenant, lastId, (known) => (known && known.n >= n ? undefined : { n }));
    if (row?.requestKey === requestKey) return text(year, n);
  }
  throw new DomainError("exhausted", "request_numbers_busy", "too many numbers are being claimed: the next sweep goes on");
}

function text(year: number, n: number): string {
  return `${year}-${String(n).padStart(6, "0")}`;
}
