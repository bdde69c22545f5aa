import type { CallKey } from "../../domain/line.ts";
import { type Caller, type PbxFact, type UnnumberedFact, withSeq } from "../../facts/facts.ts";
import type { AmiSync } from "./sync.ts";

/** A phone that rings for a call. */
export type Offer = {
  /** Uniqueid of the phone's channel. */
  readonly channel: string;
  /** Where that channel is half of a pair of Local ones: the pair's name. */
  readonly pair: string;
  readonly extension: string;
  readonly queue: string;
  readonly via: "queue" | "transfer";
  readonly at: number;
  /** The exchange stopped ringing; the phone's Hangup will say why. */
  readonly unanswered: boolean;
};

/** Who talks to the caller; `queue` is "" for the target of a transfer, `pair` as an offer's, while the phone behind it is not known. */
export type Talker = {
  readonly channel: string;
  readonly pair: string;
  readonly extension: string;
  readonly queue: string;
  readonly since: number;
};

/** What a pair of Local channels dials: a phone, or a further pair. */
export type Behind = {
  readonly channel: string;
  readonly pair: string;
  readonly extension: string;
  readonly at: number;
  readonly answered: boolean;
};

/** How and when the wait ended, until it shows whether the caller hung up or goes on elsewhere. */
export type WaitEnd = { readonly at: number; readonly waitMs: number; readonly waitExact: boolean };

/** A caller from the first queue to the end of the line. */
export type TrackedCall = {
  readonly key: CallKey;
  readonly caller: Caller;
  /** Uniqueid of the caller's channel: when it ends, the call ends. "" once a Local channel was replaced by one that we do not know. */
  readonly channel: string;
  /** The caller came in over a Local channel, which may be replaced by the real one while the call goes on. */
  readonly local: boolean;
  readonly queue: string;
  /** When the caller began to wait, for the queue or for a transfer's target; 0 if nobody saw it. */
  readonly waitsSince: number;
  /** We saw the wait begin; else `waitsSince` comes from the exchange's whole seconds. */
  readonly waitSeen: boolean;
  readonly stage: "waiting" | "connecting" | "leaving" | "abandoned" | "talking" | "elsewhere";
  /** Set in stages leaving and abandoned. */
  readonly waitEnd: WaitEnd | undefined;
  readonly offers: readonly Offer[];
  readonly talker: Talker | undefined;
  /** By the name of the pair, the newest last. */
  readonly pairs: ReadonlyMap<string, Behind>;
  /** Uniqueids of the channels that put the other side on hold. */
  readonly held: readonly string[];
  /** The agent consults a queue, by a feature of the exchange: as a call there, of which nothing is told before the caller is handed over to it. */
  readonly consults?: TrackedCall | undefined;
};

const SHARDS = 64;
const MAX_ALIASES = 1024;

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
  /** Linkedids that a transfer merged into a call, to that call's own: the exchange may go on under either. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly sync: AmiSync | undefined;
};

export function emptyCalls(): CallTable {
  return new Array<ReadonlyMap<string, TrackedCall>>(SHARDS).fill(new Map());
}

/** @param options.maxCalls calls followed at once; beyond it the oldest are forgotten (default 16,384) */
export function initialAmiState(options: { readonly seq?: number; readonly maxCalls?: number } = {}): AmiState {
  return { seq: options.seq ?? 0, maxCalls: options.maxCalls ?? 16_384, calls: emptyCalls(), aliases: new Map(), sync: undefined };
}

/** The counter at the end of a Linkedid spreads well enough. */
function shardOf(linkedid: string): number {
  let sum = 0;
  for (let i = Math.max(0, linkedid.length - 6); i < linkedid.length; i++) sum = (sum * 31 + linkedid.charCodeAt(i)) | 0;
  return sum & (SHARDS - 1);
}

export function callOf(state: AmiState, linkedid: string): TrackedCall | undefined {
  const call = state.calls[shardOf(linkedid)]?.get(linkedid);
  if (call !== undefined || state.aliases.size === 0) return call;
  const own = state.aliases.get(linkedid);
  return own === undefined ? undefined : state.calls[shardOf(own)]?.get(own);
}

/** Two calls became one: events under `linkedid` now speak of `call`. */
export function withAlias(state: AmiState, linkedid: string, call: TrackedCall): AmiState {
  if (linkedid === "" || linkedid === call.key.linkedid) return state;
  const aliases = new Map(state.aliases).set(linkedid, call.key.linkedid);
  if (aliases.size > MAX_ALIASES) aliases.delete(aliases.keys().next().value ?? "");
  return { ...state, aliases };
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
  if (!shard.delete(linkedid)) return state;
  const after = withShard(state, index, shard);
  if (state.aliases.size === 0) return after;
  return { ...after, aliases: new Map([...state.aliases].filter(([, own]) => own !== linkedid)) };
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
  const result = facts.map((fact, i) => withSeq(fact, first + i));
  return { state: { ...state, seq: state.seq + facts.length }, facts: result };
}
