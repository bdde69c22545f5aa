import { toDomainError } from "@trunkline/errors";
import type { Logger } from "@trunkline/runtime";
import type { AriCommand } from "./ari-commands.ts";
import { type AriEvent, ariBridge, ariChannel } from "./ari-events.ts";
import { type AriExecutor, ariExecutor } from "./ari-executor.ts";
import type { AriHttp } from "./ari-http.ts";
import type { AriOrder } from "./ari-orders.ts";
import type { Measured } from "./ari-quality.ts";
import { type AriInput, reduceAri } from "./ari-reduce.ts";
import type { AriSession } from "./ari-session.ts";
import { type AriSettings, type AriState, allCalls, callOfChannel, initialAriState } from "./ari-state.ts";
import type { CallKey, PbxFact, UnnumberedFact } from "./facts.ts";
import { unavailable } from "./pbx-errors.ts";

/** One line of what goes between connector and PBX, for recordings: it holds personal data. */
export type AriTraffic =
  | { readonly event: string }
  | { readonly command: AriCommand }
  | { readonly order: AriOrder; readonly outcome: string }
  | { readonly accepted: { readonly channel: string; readonly current: boolean } }
  | { readonly ringOver: string }
  | { readonly gone: string }
  | { readonly taken: string }
  | { readonly failed: AriOrder }
  | { readonly snapshot: { readonly channels: unknown; readonly bridges: unknown } };

export type AriStream = Disposable & {
  take(event: AriEvent, frame: string): void;
  /** Decides, tells the facts, and resolves when the PBX has taken the orders. */
  command(command: AriCommand): Promise<void>;
  /** What the PBX says of the line of a caller. */
  measured(channel: string, quality: Measured): void;
  /** Channels of callers who talk just now. */
  talking(): readonly string[];
  /** Fetches the lists and makes the snapshot; a second caller meanwhile gets the same one. */
  sync(session: AriSession, deadlineMs: number): Promise<void>;
};

export type AriStreamOptions = {
  readonly settings: Omit<AriSettings, "maxCalls">;
  readonly seq: number;
  readonly now: () => number;
  readonly http: AriHttp;
  readonly actionMs: number;
  readonly acceptMs: number;
  readonly log: Logger;
  readonly accept: (call: CallKey, offerId: string) => Promise<boolean>;
  readonly sure?: (() => Promise<boolean>) | undefined;
  readonly deliver: (facts: readonly PbxFact[]) => void;
  readonly onTraffic?: ((line: AriTraffic) => void) | undefined;
};

/** Events that may wait for the lists of a resync. */
const MAX_HELD_BACK = 20_000;

function trafficOf(input: AriInput, frame: string): AriTraffic | undefined {
  if (input.type === "event") return { event: frame };
  if (input.type === "command") return { command: input.command };
  if (input.type === "accepted") return { accepted: { channel: input.channel, current: input.current } };
  if (input.type === "ring_over") return { ringOver: input.channel };
  if (input.type === "taken") return { taken: input.channel };
  if (input.type === "failed") return { failed: input.order };
  return input.type === "gone" ? { gone: input.channel } : undefined;
}

/** Inputs in, numbered facts and orders out, over all connections of one connector: what is known of live calls outlives a cut. */
export function ariStream(options: AriStreamOptions): AriStream {
  let state: AriState = initialAriState(options.settings);
  let { seq } = options;
  let running: { readonly session: AriSession; readonly done: Promise<void> } | undefined;
  let heldBack: { readonly event: AriEvent; readonly frame: string }[] | undefined;
  const { onTraffic } = options;

  function apply(input: AriInput, frame = ""): readonly AriOrder[] {
    const traffic = onTraffic && trafficOf(input, frame);
    if (traffic !== undefined) onTraffic?.(traffic);
    const step = reduceAri(state, input, options.now());
    state = step.state;
    if (step.facts.length > 0) options.deliver(step.facts.map((fact) => numbered(fact, ++seq)));
    return step.orders;
  }
  function dispatch(input: AriInput, frame = ""): void {
    // What an order's failure means, the reducer has been told by then.
    executor.run(apply(input, frame)).catch((error: unknown) => {
      options.log.debug({ code: toDomainError(error).code }, "orders to the PBX were given up");
    });
  }
  const executor: AriExecutor = ariExecutor({
    ...options,
    app: options.settings.app,
    dispatch,
    accept: async (channel, offerId) => {
      const call = callOfChannel(state, channel);
      return call === undefined ? false : options.accept(call.key, offerId);
    },
  });

  async function run(session: AriSession, deadlineMs: number): Promise<void> {
    heldBack = [];
    try {
      const closed = session.closed.then((reason) => Promise.reject(reason));
      const lists = Promise.all(["/channels", "/bridges"].map((path) => options.http.send({ method: "GET", path }, deadlineMs)));
      const [channels, bridges] = await Promise.race([lists, closed]);
      if (!Array.isArray(channels) || !Array.isArray(bridges))
        throw unavailable("the PBX's lists are no lists: is this the address of its ARI?");
      onTraffic?.({ snapshot: { channels, bridges } });
      dispatch({ type: "snapshot", channels: channels.map(ariChannel), bridges: bridges.map(ariBridge) });
    } finally {
      const events = heldBack;
      heldBack = undefined;
      for (const { event, frame } of events) dispatch({ type: "event", event }, frame);
    }
  }

  return {
    take(event, frame) {
      if (heldBack === undefined) return dispatch({ type: "event", event }, frame);
      heldBack.push({ event, frame });
      if (heldBack.length > MAX_HELD_BACK) running?.session.close(unavailable("too much happened on the PBX while its lists came in"));
    },
    command: async (command) => executor.run(apply({ type: "command", command })),
    measured: (channel, quality) => dispatch({ type: "measured", channel, quality }),
    talking: () => allCalls(state).flatMap(({ stage, channel }) => (stage === "talking" ? [channel] : [])),
    sync(session, deadlineMs) {
      if (running?.session === session) return running.done;
      const done = run(session, deadlineMs).finally(() => {
        if (running?.done === done) running = undefined;
      });
      running = { session, done };
      return done;
    },
    [Symbol.dispose]: () => executor[Symbol.dispose](),
  };
}

/** The union is distributed by hand: a fact without `seq`, and `seq`, is that fact. */
function numbered(fact: UnnumberedFact, seq: number): PbxFact {
  return { ...fact, seq } as PbxFact;
}
