import { failpointActive, inParallel } from "@trunkline/runtime";
import { itemsOf, type Kept, type RowStore, type StoreBackend } from "@trunkline/store";
import { applyChange, dayOf, type Fact, type FactChange, type Kind, minuteOf, overSince } from "../domain/fact.ts";
import { PARTS } from "../domain/parts.ts";

/** Minutes whose buckets must be computed again stand in the fact itself, in the same write that changed it. */
export type FactRow = Fact & {
  readonly dirty?: readonly number[];
  readonly dirtySince?: number;
  /** What the fact holds on which day: drill-down finds it by them. */
  readonly marks: readonly string[];
  readonly revision: number;
  /** See overSince; absent while it has marks: what is not yet in the figures is not over. */
  readonly overSince?: number;
};

/**
 * Raise it when parts or marks follow otherwise from a fact's memory than before: every older fact is then renewed, and with it the buckets
 * of its minutes. 2: marks by day; hours and days that an old fault had summed too large.
 */
const REVISION = 2;

export type FactStore = {
  /** Applies an event once; marks the minutes that it touched before and after. @returns what the fact remembers then */
  apply(
    tenant: string,
    kind: Kind,
    sourceId: string,
    sequence: number,
    at: number,
    change: (memory: Fact["memory"]) => FactChange,
  ): Promise<Fact["memory"]>;
  /** Renews facts of an earlier revision from their memory; how many, 0 when none is left. */
  renew(at: number, limit: number): Promise<number>;
  /** Facts with marks, oldest first. */
  dirty(limit: number): Promise<readonly { tenant: string; id: string; row: FactRow }[]>;
  /** Takes the marks away, unless the fact has moved since they were read. */
  clean(tenant: string, id: string, sequence: number): Promise<void>;
  readonly kept: Kept;
  ofMinute(tenant: string, queue: string, minute: number): AsyncIterable<Fact>;
  /** One page of the facts that hold one of these measures on a day that [from, to) touches, newest first. */
  page(
    tenant: string,
    filter: { measures: readonly string[]; from: number; to: number; queue: string },
    size: number,
    token: string,
  ): Promise<{ items: readonly (FactRow & { id: string })[]; nextToken: string }>;
};

export async function openFactStore(backend: StoreBackend): Promise<FactStore> {
  const rows: RowStore<FactRow> = await backend.rows({
    name: "facts",
    indexes: [
      [{ dirtySince: 1 }, { sparse: true }],
      { tenant: 1, queue: 1, minutes: 1, at: 1, _id: 1 },
      { tenant: 1, marks: 1, at: -1, _id: -1 },
      { revision: 1, at: 1 },
      [{ overSince: 1 }, { sparse: true }],
    ],
    lists: ["minutes", "marks"],
    overBy: "overSince",
  });
  return {
    kept: rows,
    async apply(tenant, kind, sourceId, sequence, at, change) {
      const row = await rows.upsert(tenant, `${kind}/${sourceId}`, (before) => {
        const after = applyChange(kind, fenced(before), sequence, change(before?.memory ?? {}), PARTS[kind]);
        return after && marked(before, after, at);
      });
      return row?.memory ?? {};
    },
    async renew(at, limit) {
      const old = [
        ...(await rows.due({ revision: { $exists: false } }, "at", limit)),
        ...(await rows.due({ revision: { $lte: REVISION - 1 } }, "at", limit)),
      ];
      await inParallel(old, 8, ({ tenant, id }) =>
        rows.upsert(tenant, id, (row) => {
          if (!row || row.revision >= REVISION) return undefined;
          const { overSince: _, ...fact } = row;
          const parts = PARTS[row.kind](row.memory);
          return marked(row, { ...fact, parts, minutes: [...new Set(parts.map((part) => minuteOf(part.at)))] }, at);
        }),
      );
      return old.length;
    },
    dirty: (limit) => rows.due({ dirtySince: { $exists: true } }, "dirtySince", limit),
    async clean(tenant, id, sequence) {
      await rows.upsert(tenant, id, (row) => {
        if (!row || row.sequence !== sequence) return undefined;
        const { dirty, dirtySince = 0, ...rest } = row;
        const over = overSince(row);
        // One that says nothing has no time of its own.
        return over === undefined ? rest : { ...rest, overSince: over || dirtySince };
      });
    },
    ofMinute: (tenant, queue, minute) =>
      itemsOf((token) => rows.page(tenant, { queue, minutes: minuteOf(minute) }, { by: "at", direction: 1, size: 200, token })),
    page: (tenant, { measures, from, to, queue }, size, token) =>
      rows.page(
        tenant,
        { marks: { $in: marksBetween(measures, from, to) }, ...(queue ? { queue } : {}) },
        { by: "at", direction: -1, size, token },
      ),
  };
}

function marked(before: FactRow | undefined, after: Fact, at: number): FactRow {
  return {
    ...after,
    marks: [...new Set(after.parts.map((part) => mark(part.measure, dayOf(part.at))))],
    revision: REVISION,
    dirty: [...new Set([...(before?.dirty ?? []), ...(before?.minutes ?? []), ...after.minutes])],
    dirtySince: before?.dirtySince ?? at,
  };
}

const mark = (measure: string, day: number) => `${measure}@${day}`;

function marksBetween(measures: readonly string[], from: number, to: number): string[] {
  const days = Array.from({ length: dayOf(to - 1) - dayOf(from) + 1 }, (_, n) => dayOf(from) + n);
  return measures.flatMap((measure) => days.map((day) => mark(measure, day)));
}

/** A drill may take the fence away, to prove that its checker notices. */
function fenced(fact: FactRow | undefined): FactRow | undefined {
  return fact && failpointActive("dedupe.off") ? { ...fact, sequence: 0 } : fact;
}
