import type { Board, CallFrame, DesktopStatus, Frame, PopFrame, RecordingFrame, SessionFrame } from "@trunkline/desktop-client";

/** consulting: whoever has the call asks this agent. */
export type CallState = "ringing" | "consulting" | "talking" | "held" | "wrap_up";

/** One call at this agent's phone, from its ring to the end of its wrap-up. */
export type DesktopCall = {
  readonly callId: string;
  readonly state: CallState;
  /** Epoch ms, by the server's clock for a ring, by ours for the rest. */
  readonly since: number;
  /** What is known of the caller; not there when the ring was before the desktop opened and is not remembered. */
  readonly pop: PopFrame | undefined;
  /** Of a wrap-up: when it ends by itself, epoch ms. */
  readonly until?: number;
  /** The extension that is rung, or talked to, meanwhile. */
  readonly asks?: string;
  /** recording, paused, failed, kept; undefined when nobody records it. */
  readonly recording?: string;
};

export type DesktopState = {
  readonly calls: readonly DesktopCall[];
  readonly session: SessionFrame | undefined;
  readonly board: Board | undefined;
  /** How often it was time to read the callback tasks again. */
  readonly callbackChanges: number;
  readonly link: DesktopStatus;
};

export const nothingYet: DesktopState = {
  calls: [],
  session: undefined,
  board: undefined,
  callbackChanges: 0,
  link: { state: "connecting" },
};

/** A phone has few lines; more would be an exchange gone wrong. */
const MOST_CALLS = 20;

export function withFrame(state: DesktopState, frame: Frame, at: number): DesktopState {
  if (frame.type === "session") return { ...state, session: frame };
  const calls = withCallFrame(state.calls, frame, at);
  return calls === state.calls ? state : { ...state, calls: calls.slice(-MOST_CALLS) };
}

/** All that is so now; a call that the snapshot does not have is over. */
export function withSnapshot(state: DesktopState, frames: readonly Frame[], at: number): DesktopState {
  const before = new Map(state.calls.map((call) => [call.callId, call]));
  const told = frames.reduce((next, frame) => withFrame(next, frame, at), { ...state, calls: [] } as DesktopState);
  const calls = told.calls.map((call) => {
    const known = before.get(call.callId);
    return known?.state === call.state ? { ...call, since: known.since } : call;
  });
  return { ...told, calls };
}

/** The agent was given more time. */
export function withUntil(state: DesktopState, callId: string, until: number): DesktopState {
  return { ...state, calls: state.calls.map((call) => (call.callId === callId && call.state === "wrap_up" ? { ...call, until } : call)) };
}

/** The agent calls out; a ring that is not remembered came in. */
export const isOutbound = ({ pop }: Pick<DesktopCall, "pop">): boolean => pop?.direction === "outbound";

/** What the agent has to do with first: talking, then a ring, then what is to be written down. */
export function callInHand(calls: readonly DesktopCall[]): DesktopCall | undefined {
  const find = (...states: CallState[]) => calls.findLast(({ state }) => states.includes(state));
  return find("talking", "consulting") ?? find("ringing") ?? find("held") ?? find("wrap_up");
}

function withCallFrame(calls: readonly DesktopCall[], frame: PopFrame | CallFrame | RecordingFrame, at: number): readonly DesktopCall[] {
  if (frame.type === "pop") return withPop(calls, frame);
  if (frame.type === "call") return withCall(calls, frame, at);
  return calls.map((call) => (call.callId === frame.callId ? { ...call, recording: frame.state } : call));
}

function withPop(calls: readonly DesktopCall[], pop: PopFrame): readonly DesktopCall[] {
  const known = calls.find(({ callId }) => callId === pop.callId);
  if (!known) return [...calls, { callId: pop.callId, state: "ringing", since: pop.ringingSince, pop }];
  // Handed back to who still wraps it up.
  if (known.state === "wrap_up" && known.pop && known.pop.offerId !== pop.offerId)
    return calls.map((call) => (call === known ? { ...call, pop, state: "ringing", since: pop.ringingSince } : call));
  return calls.map((call) => (call === known ? { ...call, pop } : call));
}

const IN_HAND: Readonly<Record<string, CallState>> = {
  ringing: "ringing",
  consulting: "consulting",
  talking: "talking",
  held: "held",
  wrap_up: "wrap_up",
  ended: "wrap_up",
};

function withCall(calls: readonly DesktopCall[], { callId, state, until, asks }: CallFrame, at: number): readonly DesktopCall[] {
  const known = calls.find((call) => call.callId === callId);
  const rest = () => calls.filter((call) => call !== known);
  // A ring that ended elsewhere leaves the screen; a call in hand does not care for other rings.
  if (state === "offer_ended") {
    if (known?.state !== "ringing" && known?.state !== "consulting") return calls;
    return known.until === undefined ? rest() : calls.map((call) => (call === known ? { ...call, state: "wrap_up" } : call));
  }
  if (state === "finished") return known ? rest() : calls;
  if (state === "ended" && (known === undefined || known.state === "ringing" || known.state === "consulting"))
    return known ? rest() : calls;
  const next = IN_HAND[state];
  const more = { ...(until === undefined ? {} : { until }), ...(asks === undefined ? {} : { asks }) };
  if (next === undefined || (known?.state === next && until === undefined && asks === known.asks)) return calls;
  if (!known) return [...calls, { callId, state: next, since: at, pop: undefined, ...more }];
  const since = known.state === next ? known.since : at;
  const { asks: _over, ...rested } = known;
  return calls.map((call) => (call === known ? { ...rested, state: next, since, ...more } : call));
}
