/** What one source aggregate contributes to the figures: so much of a measure at an instant. */
export type Part = { readonly measure: string; readonly at: number; readonly n: number };

export type Kind = "call" | "request" | "work_order" | "survey" | "message" | "callback" | "agent_state";

/**
 * One document for each source aggregate, fenced by its sequence. `parts` follow from `memory` alone, so a late or
 * repeated event, or a changed formula, gives the same figures as if it had come in time.
 */
export type Fact = {
  readonly kind: Kind;
  /** Telephone queue or request queue; empty where there is none. */
  readonly queue: string;
  readonly sequence: number;
  /** When the source began, epoch ms: the order of drill-down lists. */
  readonly at: number;
  readonly memory: Readonly<Record<string, number>>;
  readonly parts: readonly Part[];
  /** Minutes in which parts lie, epoch ms. */
  readonly minutes: readonly number[];
};

export const MINUTE_MS = 60_000;
/** Days since 1970, UTC: only a bucket for finding facts, no figure is cut by it. */
export const dayOf = (at: number) => Math.floor(at / 86_400_000);
export const minuteOf = (at: number) => Math.floor(at / MINUTE_MS) * MINUTE_MS;

/** What an event adds to a fact's memory. */
export type FactChange = { readonly queue?: string; readonly at?: number; readonly memory: Readonly<Record<string, number>> };

/** Applies a change; undefined when this event was seen before. */
export function applyChange(
  kind: Kind,
  fact: Fact | undefined,
  sequence: number,
  change: FactChange,
  partsOf: (memory: Fact["memory"]) => readonly Part[],
): Fact | undefined {
  if (fact && fact.sequence >= sequence) return undefined;
  const memory = { ...fact?.memory, ...change.memory };
  const parts = partsOf(memory);
  return {
    kind,
    queue: change.queue ?? fact?.queue ?? "",
    sequence,
    at: change.at ?? fact?.at ?? 0,
    memory,
    parts,
    minutes: [...new Set(parts.map(({ at }) => minuteOf(at)))],
  };
}

/** What says that the source is over; the others end by themselves within days. */
const ENDS: Partial<Record<Kind, string>> = { request: "resolvedAt", work_order: "completedAt", callback: "doneAt" };

/** Since when nothing of a fact changes any more; undefined while its source is open. */
export function overSince({ kind, memory, at, minutes }: Pick<Fact, "kind" | "memory" | "at" | "minutes">): number | undefined {
  const end = ENDS[kind];
  return end === undefined || memory[end] !== undefined ? Math.max(at, ...minutes) : undefined;
}

export type Measures = Readonly<Record<string, number>>;

/** Sums over facts of what lies inside [from, to). A measure whose name begins with max_ takes the largest. */
export function sumParts(parts: Iterable<Part>, from: number, to: number): Measures {
  const sums: Record<string, number> = {};
  for (const { measure, at, n } of parts) {
    if (at < from || at >= to) continue;
    sums[measure] = combine(measure, sums[measure], n);
  }
  return sums;
}

export function addMeasures(list: Iterable<Measures>): Measures {
  const sums: Record<string, number> = {};
  for (const measures of list) for (const [name, n] of Object.entries(measures)) sums[name] = combine(name, sums[name], n);
  return sums;
}

function combine(measure: string, before: number | undefined, n: number): number {
  if (before === undefined) return n;
  return measure.startsWith("max_") ? Math.max(before, n) : before + n;
}
