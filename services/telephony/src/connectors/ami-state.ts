import type { CallKey, Caller, PbxFact, UnnumberedFact } from "./facts.ts";
import type { AmiSync } from "./ami-sync.ts";

/** A phone that rings for a call. */
export type Offer = {
  /** Uniqueid of the phone's channel. */
  readonly channel: string;
  readonly extension: string;
  readonly queue: string;
  readonly via: "queue" | "transfer";
  readonly at: number;
};

/** Who talks to the caller. */
export type Talker = { readonly channel: string; readonly extension: string; readonly since: number };

/** A caller from the first queue to the end of the line. */
export type TrackedCall = {
  readonly key: CallKey;
  readonly caller: Caller;
  /** Uniqueid of the caller's channel: when it ends, the call ends. */
  readonly channel: string;
  /** The caller came in over a Local channel, which may be replaced by the real one while the call goes on. */
  readonly local: boolean;
  readonly queue: string;
  /** When the caller began to wait, for the queue or for a transfer's target; 0 if nobody saw it. */
  readonly waitsSince: number;
  readonly stage: "waiting" | "connecting" | "leaving" | "abandoned" | "talking" | "elsewhere";
  readonly offers: readonly Offer[];
  readonly talker: Talker | undefined;
};

const SHARDS = 64;

/**
 * Calls by Linkedid, as a value: a change copies one small shard. Each shard keeps its newest calls only, so that a lost Hangup cannot make
 * it grow.
 */
export type CallTable = readonly ReadonlyMap<string, TrackedCall>[];

export type AmiState = {
  /** `seq` of the last fact. */
  readonly seq: number;
  readonly maxCalls: number;
  readonly calls: CallTable;
  readonly sync: AmiSync | undefined;
};

export function emptyCalls(): CallTable {
  return new Array<ReadonlyMap<string, TrackedCall>>(SHARDS).fill(new Map());
}

/** @param options.maxCalls calls followed at once; beyond it the oldest are forgotten (default 16,384) */
export function initialAmiState(options: { readonly seq?: number; readonly maxCalls?: number } = {}): AmiState {
  return { seq: options.seq ?? 0, maxCalls: options.maxCalls ?? 16_384, calls: emptyCalls(), sync: undefined };
}

/** The counter at the end of a Linkedid spreads well enough. */
function shardOf(linkedid: string): number {
  let sum = 0;
  for (let i = Math.max(0, linkedid.length - 6); i < linkedid.length; i++) sum = (sum * 31 + linkedid.charCodeAt(i)) | 0;
  return sum & (SHARDS - 1);
}

export function callOf(state: AmiState, linkedid: string): TrackedCall | undefined {
  return state.calls[shardOf(linkedid)]?.get(linkedid);
}

function withShard(state: AmiState, index: number, shard: ReadonlyMap<string, TrackedCall>): AmiState {
  return { ...state, calls: state.calls.with(index, shard) };
}

export function withCall(state: AmiState, call: TrackedCall): AmiState {
  const index = shardOf(call.key.linkedid);
  const shard = new Map(state.calls[index]);
  shard.set(call.key.linkedid, call);
  if (shard.size > Math.max(1, state.maxCalls / SHARDS)) shard.delete(shard.keys().next().value ?? "");
  const sync = state.sync && { ...state.sync, touched: { value: call.key.linkedid, next: state.sync.touched } };
  return { ...withShard(state, index, shard), sync };
}

export function withoutCall(state: AmiState, linkedid: string): AmiState {
  const index = shardOf(linkedid);
  const shard = new Map(state.calls[index]);
  return shard.delete(linkedid) ? withShard(state, index, shard) : state;
}

export function countCalls(state: AmiState): number {
  return state.calls.reduce((sum, shard) => sum + shard.size, 0);
}

export function allCalls(state: AmiState): TrackedCall[] {
  return state.calls.flatMap((shard) => [...shard.values()]);
}

/** What translating a frame gives, before the facts are numbered. */
export type Step = { readonly state: AmiState; readonly facts: readonly UnnumberedFact[] };

export function numbered({ state, facts }: Step): { readonly state: AmiState; readonly facts: readonly PbxFact[] } {
  if (facts.length === 0) return { state, facts: [] };
  const first = state.seq + 1;
  // The union is distributed by hand: a fact without `seq`, and `seq`, is that fact.
  const result = facts.map((fact, i) => ({ ...fact, seq: first + i }) as PbxFact);
  return { state: { ...state, seq: state.seq + facts.length }, facts: result };
}
