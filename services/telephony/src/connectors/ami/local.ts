import { field } from "./frame.ts";
import { type AmiState, type Behind, callOf, type Step, type Talker, type TrackedCall } from "./state.ts";
import { changed, type Handler, linkedidOf, nothing } from "./steps.ts";

/**
 * Pairs of Local channels: one half stands in the queue's or transfer's place of a phone, the other half dials the phone itself. Unless the
 * dial plan says /n the exchange takes the pair away once the two talk, and may do so in either direction: who talks is the phone behind.
 */

const MAX_PAIRS = 16;
const MAX_NESTED = 4;

/** "Local/1001@agents-0000002a" of either half's name; "" for any other channel. */
export function pairOf(channelName: string): string {
  return /^(Local\/.*);[12]$/.exec(channelName)?.[1] ?? "";
}

/** A pair dials a phone. */
export function withBehind(call: TrackedCall, pair: string, behind: Behind): TrackedCall {
  const pairs = new Map(call.pairs).set(pair, behind);
  if (pairs.size > MAX_PAIRS) pairs.delete(pairs.keys().next().value ?? "");
  return { ...call, pairs };
}

/** The phone behind a pair has been picked up: if the pair is who talks, it is the phone. */
export function behindAnswered(call: TrackedCall, pair: string, behind: Behind): TrackedCall {
  const after = withBehind(call, pair, { ...behind, answered: true });
  if (after.talker === undefined || after.talker.pair === "") return after;
  return { ...after, talker: { ...after.talker, ...phoneOf(after, after.talker.channel, `${after.talker.pair};1`) } };
}

/** The phone's channel that this channel stands for; itself, where it is no Local one or nobody saw what it dialled. */
export function phoneOf(call: Pick<TrackedCall, "pairs">, channel: string, channelName: string): Pick<Talker, "channel" | "pair"> {
  let [at, pair] = [channel, pairOf(channelName)];
  for (let n = 0; n < MAX_NESTED && pair !== ""; n++) {
    const behind = call.pairs.get(pair);
    if (behind?.answered !== true) break;
    [at, pair] = [behind.channel, behind.pair];
  }
  return { channel: at, pair };
}

/** Whom an agent consults through a pair, and whose phone still rings. */
export function consulted(call: TrackedCall): Behind | undefined {
  const members = new Set(call.offers.map(({ pair }) => pair));
  return [...call.pairs].findLast(([pair, { answered, pair: next }]) => !answered && next === "" && !members.has(pair))?.[1];
}

/** The phone behind a pair is gone. */
export function withoutBehind(state: AmiState, call: TrackedCall, channel: string): Step {
  const gone = [...call.pairs].find(([, behind]) => behind.channel === channel)?.[0];
  if (gone === undefined) return nothing(state);
  return changed(state, { ...call, pairs: new Map([...call.pairs].filter(([pair]) => pair !== gone)) });
}

/** Comes also for pairs whose dialling nobody saw (before the connection was there). What its end says of success does not tell. */
export const localOptimizationBegin: Handler = (state, frame) => {
  const call = callOf(state, linkedidOf(frame, "LocalOne"));
  const source = field(frame, "SourceUniqueid");
  if (call?.talker === undefined || source === "") return nothing(state);
  const { talker, channel } = call;
  const halves = [field(frame, "LocalOneUniqueid"), field(frame, "LocalTwoUniqueid")];
  if (!halves.includes(talker.channel)) return nothing(state);
  // The caller was moved over to the phone: which one that is no event says, but the talk goes on.
  return changed(state, { ...call, talker: { ...talker, channel: source === channel ? "" : source, pair: "" } });
};
