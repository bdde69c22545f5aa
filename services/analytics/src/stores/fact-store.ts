import { itemsOf, type RowStore, type StoreBackend } from "@trunkline/mongo";
import { failpointActive } from "@trunkline/runtime";
import { Schema } from "mongoose";
import { applyChange, type Fact, type FactChange, type Kind, minuteOf, type Part } from "../domain/fact.ts";

/** Minutes whose buckets must be computed again stand in the fact itself, in the same write that changed it. */
export type FactRow = Fact & { readonly dirty?: readonly number[]; readonly dirtySince?: number; readonly measures: readonly string[] };

export type FactStore = {
  /** Applies an event once; marks the minutes that it touched before and after. */
  apply(
    tenant: string,
    kind: Kind,
    sourceId: string,
    sequence: number,
    at: number,
    change: (memory: Fact["memory"]) => FactChange,
    partsOf: (memory: Fact["memory"]) => readonly Part[],
  ): Promise<void>;
  /** Facts with marks, oldest first. */
  dirty(limit: number): Promise<readonly { tenant: string; id: string; row: FactRow }[]>;
  /** Takes the marks away, unless the fact has moved since they were read. */
  clean(tenant: string, id: string, sequence: number): Promise<void>;
  ofMinute(tenant: string, queue: string, minute: number): AsyncIterable<Fact>;
  /** One page of the facts that hold this measure, newest first. */
  page(
    tenant: string,
    filter: { measures: readonly string[]; from: number; to: number; queue: string },
    size: number,
    token: string,
  ): Promise<{ items: readonly (FactRow & { id: string })[]; nextToken: string }>;
};

const schema = new Schema({
  kind: String,
  queue: String,
  sequence: Number,
  at: Number,
  memory: Object,
  parts: [Object],
  minutes: [Number],
  dirty: [Number],
  dirtySince: Number,
  measures: [String],
})
  .index({ dirtySince: 1 }, { sparse: true })
  .index({ tenant: 1, queue: 1, minutes: 1, at: 1, _id: 1 })
  .index({ tenant: 1, measures: 1, at: -1, _id: -1 });

export async function openFactStore(backend: StoreBackend): Promise<FactStore> {
  const rows: RowStore<FactRow> = await backend.rows({ name: "facts", schema });
  return {
    async apply(tenant, kind, sourceId, sequence, at, change, partsOf) {
      await rows.upsert(tenant, `${kind}/${sourceId}`, (before) => {
        const after = applyChange(kind, fenced(before), sequence, change(before?.memory ?? {}), partsOf);
        if (!after) return undefined;
        const touched = new Set([...(before?.dirty ?? []), ...(before?.minutes ?? []), ...after.minutes]);
        return {
          ...after,
          measures: [...new Set(after.parts.map(({ measure }) => measure))],
          dirty: [...touched],
          dirtySince: before?.dirtySince ?? at,
        };
      });
    },
    dirty: (limit) => rows.due({ dirtySince: { $exists: true } }, "dirtySince", limit),
    async clean(tenant, id, sequence) {
      await rows.upsert(tenant, id, (row) => {
        if (!row || row.sequence !== sequence) return undefined;
        const { dirty, dirtySince, ...rest } = row;
        return rest;
      });
    },
    ofMinute: (tenant, queue, minute) =>
      itemsOf((token) => rows.page(tenant, { queue, minutes: minuteOf(minute) }, { by: "at", direction: 1, size: 200, token })),
    page: (tenant, { measures, from, to, queue }, size, token) =>
      rows.page(
        tenant,
        { measures: { $in: measures }, at: { $gte: from, $lt: to }, ...(queue ? { queue } : {}) },
        { by: "at", direction: -1, size, token },
      ),
  };
}

/** A drill may take the fence away, to prove that its checker notices. */
function fenced(fact: FactRow | undefined): FactRow | undefined {
  return fact && failpointActive("dedupe.off") ? { ...fact, sequence: 0 } : fact;
}
