import type { Purpose, SendChannel } from "./contact.ts";

/** A template to a segment. The recipients and their states are the ledger's; here stands only how far it has come. */
export type Batch = {
  readonly id: string;
  readonly segmentId: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly channel: SendChannel;
  readonly purpose: Purpose;
  readonly state: "preparing" | "sending" | "finished";
  /** Page of the segment from which preparing goes on. */
  readonly cursor: string;
  /** Another instance leaves preparing alone until then. */
  readonly leasedUntil: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly finishedAt: number | undefined;
};

export type BatchEvent = { readonly at: number } & (
  | { readonly type: "created"; readonly segmentId: string; readonly channel: SendChannel }
  | { readonly type: "finished"; readonly total: number }
);
type Decided = { readonly state: Batch; readonly events: readonly BatchEvent[] };

export type NewBatch = Pick<Batch, "id" | "segmentId" | "templateId" | "templateVersion" | "channel" | "purpose" | "expiresAt">;

export function createBatch(input: NewBatch, at: number): Decided {
  const state: Batch = { ...input, state: "preparing", cursor: "", leasedUntil: 0, createdAt: at, finishedAt: undefined };
  return { state, events: [{ type: "created", at, segmentId: input.segmentId, channel: input.channel }] };
}

/** Takes preparing for a while. A lease that is lost costs work done twice, never a recipient twice. */
export function takePreparing(batch: Batch, at: number, leaseMs: number): Decided & { readonly taken: boolean } {
  if (batch.state !== "preparing" || batch.leasedUntil > at) return { state: batch, events: [], taken: false };
  return { state: { ...batch, leasedUntil: at + leaseMs }, events: [], taken: true };
}

/** All recipients of the page at `cursor` are in the ledger, and the batch is free for the next; an empty `next` says it was the last. */
export function recordPage(batch: Batch, { cursor, next }: { readonly cursor: string; readonly next: string }): Decided {
  if (batch.state !== "preparing" || batch.cursor !== cursor) return { state: batch, events: [] };
  return { state: { ...batch, state: next === "" ? "sending" : "preparing", cursor: next, leasedUntil: 0 }, events: [] };
}

/** Every recipient has been dealt with; `total` is what the ledger holds. */
export function finish(batch: Batch, total: number, at: number): Decided {
  if (batch.state !== "sending") return { state: batch, events: [] };
  return { state: { ...batch, state: "finished", finishedAt: at }, events: [{ type: "finished", at, total }] };
}
