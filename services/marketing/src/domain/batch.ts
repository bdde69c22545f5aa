import type { Purpose, SendChannel } from "./contact.ts";

/** A template to a segment. The recipients and their states are the ledger's; here stands only how far it has come. */
export type Batch = {
  readonly id: string;
  readonly segmentId: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly channel: SendChannel;
  readonly purpose: Purpose;
  readonly state: "preparing" | "sending" | "finished" | "failed";
  /** Stable code: why it failed. */
  readonly reason: string;
  /** Page of the segment from which preparing goes on. */
  readonly cursor: string;
  /** Recipients of the pages so far. */
  readonly entered: number;
  /** When it is looked at again; undefined when it has ended. */
  readonly nextDueAt: number | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly finishedAt: number | undefined;
};

export type BatchEvent = { readonly at: number } & (
  | { readonly type: "created"; readonly segmentId: string; readonly channel: SendChannel }
  | { readonly type: "finished"; readonly total: number }
  | { readonly type: "failed"; readonly reason: string }
);
type Decided = { readonly state: Batch; readonly events: readonly BatchEvent[] };

export type NewBatch = Pick<Batch, "id" | "segmentId" | "templateId" | "templateVersion" | "channel" | "purpose" | "expiresAt">;

const LOOK_MS = { first: 1_000, most: 10_000 } as const;

export function createBatch(input: NewBatch, at: number): Decided {
  const blank = { state: "preparing", reason: "", cursor: "", entered: 0, finishedAt: undefined } as const;
  const state: Batch = { ...input, ...blank, nextDueAt: at, createdAt: at };
  return { state, events: [{ type: "created", at, segmentId: input.segmentId, channel: input.channel }] };
}

/** All recipients of the page at `cursor` are in the ledger, and the next follows at once; an empty `next` says it was the last. */
export function recordPage(
  batch: Batch,
  { cursor, next, size }: { readonly cursor: string; readonly next: string; readonly size: number },
  at: number,
): Decided {
  if (batch.state !== "preparing" || batch.cursor !== cursor) return { state: batch, events: [] };
  const entered = batch.entered + size;
  if (next !== "") return { state: { ...batch, cursor: next, entered, nextDueAt: at }, events: [] };
  return { state: { ...batch, state: "sending", cursor: "", entered, nextDueAt: at + LOOK_MS.first }, events: [] };
}

/** When to ask again whether everybody has been dealt with: the longer it has lasted, the less often. */
export function lookAgainAt({ createdAt }: Pick<Batch, "createdAt">, at: number): number {
  return at + Math.min(LOOK_MS.most, Math.max(LOOK_MS.first, (at - createdAt) / 20));
}

/** Every recipient has been dealt with. */
export function finish(batch: Batch, at: number): Decided {
  if (batch.state !== "sending") return { state: batch, events: [] };
  return {
    state: { ...batch, state: "finished", finishedAt: at, nextDueAt: undefined },
    events: [{ type: "finished", at, total: batch.entered }],
  };
}

/** It can never go on. Who is in the ledger already is dealt with nevertheless. */
export function fail(batch: Batch, reason: string, at: number): Decided {
  if (batch.state !== "preparing" && batch.state !== "sending") return { state: batch, events: [] };
  return {
    state: { ...batch, state: "failed", reason, finishedAt: at, nextDueAt: undefined },
    events: [{ type: "failed", at, reason }],
  };
}
