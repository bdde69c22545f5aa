import { itemsOf, type RowStore, type StoreBackend } from "@trunkline/store";
import type { Measures } from "../domain/fact.ts";

/** Sums of one queue over one minute, hour or day; computed from what lies below, never incremented. */
export type Bucket = { readonly span: Span; readonly queue: string; readonly start: number; readonly measures: Measures };
export type Span = "minute" | "hour" | "day";
export const SPAN_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export type BucketStore = {
  /**
   * @param epoch of the lease under which the sums were computed; a lower one than stands there comes too late and
   * changes nothing: whoever took over computes from newer facts
   */
  put(tenant: string, bucket: Bucket, epoch: number): Promise<void>;
  /** Buckets of a span that start in [from, to); without a queue of all, with the empty one of what belongs to none. */
  within(tenant: string, span: Span, queue: string | undefined, from: number, to: number): Promise<readonly Bucket[]>;
};

export async function openBucketStore(backend: StoreBackend): Promise<BucketStore> {
  const rows: RowStore<Bucket & { readonly epoch: number }> = await backend.rows({
    name: "buckets",
    indexes: [
      { tenant: 1, span: 1, start: 1, _id: 1 },
      { tenant: 1, span: 1, queue: 1, start: 1, _id: 1 },
    ],
  });
  return {
    async put(tenant, bucket, epoch) {
      await rows.upsert(tenant, `${bucket.span}/${bucket.start}/${bucket.queue}`, (before) =>
        before && before.epoch > epoch ? undefined : { ...bucket, epoch },
      );
    },
    async within(tenant, span, queue, from, to) {
      const filter = { span, start: { $gte: from, $lt: to }, ...(queue === undefined ? {} : { queue }) };
      return Array.fromAsync(itemsOf((token) => rows.page(tenant, filter, { by: "start", direction: 1, size: 200, token })));
    },
  };
}
