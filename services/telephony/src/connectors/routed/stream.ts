import { type DomainError, toDomainError } from "@trunkline/errors";
import type { Logger } from "@trunkline/runtime";
import type { CallKey } from "../../domain/line.ts";
import { type PbxFact, withSeq } from "../../facts/facts.ts";
import { unavailable } from "../pbx/errors.ts";
import { onePerSession } from "../pbx/link.ts";
import type { RoutedCommand } from "./commands.ts";
import type { Measured, RoutedBridge, RoutedChannel, RoutedEvent } from "./events.ts";
import { type RoutedExecutor, routedExecutor } from "./executor.ts";
import type { RoutedOrder } from "./orders.ts";
import { type RoutedInput, reduceRouted } from "./reduce.ts";
import { allCalls, callOfChannel, initialRoutedState, type RoutedSettings, type RoutedState } from "./state.ts";

/** One line of what goes between connector and PBX, for recordings: it holds personal data. */
export type RoutedTraffic =
  | { readonly event: string }
  | { readonly command: RoutedCommand }
  | { readonly order: RoutedOrder; readonly outcome: string }
  | { readonly accepted: { readonly channel: string; readonly current: boolean } }
  | { readonly ringOver: string }
  | { readonly gone: string }
  | { readonly taken: string }
  | { readonly failed: RoutedOrder }
  | { readonly snapshot: { readonly channels: unknown; readonly bridges: unknown } };

/** What lives on the PBX. */
export type RoutedLists = { readonly channels: readonly RoutedChannel[]; readonly bridges: readonly RoutedBridge[] };

/** A connection to the PBX, from the log-in to its end; it does not come back. */
export type RoutedSession = {
  pause(): void;
  resume(): void;
  close(reason: DomainError): void;
  /** Why it ended. */
  readonly closed: Promise<DomainError>;
};

export type RoutedStream<S extends RoutedSession> = Disposable & {
  take(event: RoutedEvent, frame: string): void;
  /** Decides, tells the facts, and resolves when the PBX has taken the orders. */
  command(command: RoutedCommand): Promise<void>;
  /** What the PBX says of the line of a caller. */
  measured(channel: string, quality: Measured): void;
  /** Channels of callers who talk just now. */
  talking(): readonly string[];
  /** Fetches the lists and makes the snapshot; a second caller meanwhile gets the same one. */
  sync(session: S, deadlineMs: number): Promise<void>;
};

export type RoutedStreamOptions<S extends RoutedSession> = {
  readonly settings: Omit<RoutedSettings, "maxCalls">;
  readonly seq: number;
  readonly now: () => number;
  readonly lists: (session: S, deadlineMs: number) => Promise<RoutedLists>;
  /** Gives an order to the PBX. False: it knows no such channel to follow. */
  readonly send: (order: RoutedOrder) => Promise<boolean>;
  readonly acceptMs: number;
  readonly log: Logger;
  readonly accept: (call: CallKey, offerId: string) => Promise<boolean>;
  readonly sure?: (() => Promise<boolean>) | undefined;
  readonly deliver: (facts: readonly PbxFact[]) => void;
  readonly onTraffic?: ((line: RoutedTraffic) => void) | undefined;
};

/** Events that may wait for the lists of a resync. */
const MAX_HELD_BACK = 20_000;

function trafficOf(input: RoutedInput, frame: string): RoutedTraffic | undefined {
  if (input.type === "event") return { event: frame };
  if (input.type === "command") return { command: input.command };
  if (input.type === "accepted") return { accepted: { channel: input.channel, current: input.current } };
  if (input.type === "ring_over") return { ringOver: input.channel };
  if (input.type === "taken") return { taken: input.channel };
  if (input.type === "failed") return { failed: input.order };
  return input.type === "gone" ? { gone: input.channel } : undefined;
}

/** Inputs in, numbered facts and orders out, over all connections of one connector: what is known of live calls outlives a cut. */
export function routedStream<S extends RoutedSession>(options: RoutedStreamOptions<S>): RoutedStream<S> {
  let state: RoutedState = initialRoutedState(options.settings);
  let { seq } = options;
  let heldBack: { readonly session: S; readonly events: { readonly event: RoutedEvent; readonly frame: string }[] } | undefined;
  const { onTraffic } = options;

  function apply(input: RoutedInput, frame = ""): readonly RoutedOrder[] {
    const traffic = onTraffic && trafficOf(input, frame);
    if (traffic !== undefined) onTraffic?.(traffic);
    const step = reduceRouted(state, input, options.now());
    state = step.state;
    if (step.facts.length > 0) options.deliver(step.facts.map((fact) => withSeq(fact, ++seq)));
    return step.orders;
  }
  function dispatch(input: RoutedInput, frame = ""): void {
    // What an order's failure means, the reducer has been told by then.
    executor.run(apply(input, frame)).catch((error: unknown) => {
      options.log.debug({ code: toDomainError(error).code }, "orders to the PBX were given up");
    });
  }
  const executor: RoutedExecutor = routedExecutor({
    ...options,
    dispatch,
    accept: async (channel, offerId) => {
      const call = callOfChannel(state, channel);
      return call === undefined ? false : options.accept(call.key, offerId);
    },
  });

  async function run(session: S, deadlineMs: number): Promise<void> {
    const held: NonNullable<typeof heldBack> = { session, events: [] };
    heldBack = held;
    try {
      const closed = session.closed.then((reason) => Promise.reject(reason));
      dispatch({ type: "snapshot", ...(await Promise.race([options.lists(session, deadlineMs), closed])) });
    } finally {
      if (heldBack === held) heldBack = undefined;
      for (const { event, frame } of held.events) dispatch({ type: "event", event }, frame);
    }
  }

  return {
    take(event, frame) {
      if (heldBack === undefined) return dispatch({ type: "event", event }, frame);
      heldBack.events.push({ event, frame });
      if (heldBack.events.length > MAX_HELD_BACK)
        heldBack.session.close(unavailable("too much happened on the PBX while its lists came in"));
    },
    command: async (command) => executor.run(apply({ type: "command", command })),
    measured: (channel, quality) => dispatch({ type: "measured", channel, quality }),
    talking: () => allCalls(state).flatMap(({ stage, channel }) => (stage === "talking" ? [channel] : [])),
    sync: onePerSession(run),
    [Symbol.dispose]: () => executor[Symbol.dispose](),
  };
}
