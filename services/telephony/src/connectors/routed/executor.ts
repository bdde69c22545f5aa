import { DomainError, toDomainError } from "@trunkline/errors";
import { backOff, type Logger, withDeadline } from "@trunkline/runtime";
import { notOurs } from "../../domain/line.ts";
import { isHarmless, type RoutedOrder } from "./orders.ts";
import type { RoutedInput } from "./reduce.ts";
import type { RoutedTraffic } from "./stream.ts";

export type RoutedExecutor = Disposable & {
  /** Sends the orders of one step; resolves when the PBX has taken them. Those of one call wait for the ones before. */
  run(orders: readonly RoutedOrder[]): Promise<void>;
};

export type RoutedExecutorOptions = {
  /** Gives an order to the PBX. False: it knows no such channel to follow. */
  readonly send: (order: RoutedOrder) => Promise<boolean>;
  readonly acceptMs: number;
  readonly log: Logger;
  /** Whether the offer of this phone, which was picked up, is still current. */
  readonly accept: (channel: string, offerId: string) => Promise<boolean>;
  /** Whether the connection still is ours to give orders on. */
  readonly sure?: (() => Promise<boolean>) | undefined;
  readonly dispatch: (input: RoutedInput) => void;
  readonly onTraffic?: ((line: RoutedTraffic) => void) | undefined;
};

const MAX_PENDING = 10_000;
/** Perhaps it never came there. */
const TRY_AGAIN = new Set(["pbx_unavailable", "pbx_action_timeout"]);

type Deferred = Extract<RoutedOrder, { do: "ask" | "time" }>;

function ask(options: RoutedExecutorOptions, { channel, offerId }: Extract<Deferred, { do: "ask" }>): void {
  const answer = Promise.try(() => withDeadline("whether an offer is current", options.acceptMs, options.accept(channel, offerId)));
  const told = (current: boolean) => options.dispatch({ type: "accepted", channel, current });
  answer.then(told, (error: unknown) => {
    options.log.warn({ code: toDomainError(error).code }, "an offer could not be accepted; the phone is hung up");
    told(false);
  });
}

/** What the failure of an order means. @throws the error, where the orders after it make no sense any more */
function failed(options: RoutedExecutorOptions, order: RoutedOrder, error: unknown): void {
  const { code } = toDomainError(error);
  if (isHarmless(order)) {
    options.log.debug({ code, order: order.do }, "the PBX did not take an order that had no more object");
    return;
  }
  options.log.warn({ code, order: order.do }, "the PBX did not take an order");
  options.dispatch({ type: "failed", order });
  throw error;
}

const HANG_UP_TRIES = 3;
const RETRY_MS = 100;

/** A phone must not ring on, nor a caller be left in silence, for one lost request. */
async function insist({ send, sure }: RoutedExecutorOptions, order: RoutedOrder): Promise<boolean> {
  const tries = order.do === "hang_up" ? HANG_UP_TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    if (sure !== undefined && !(await sure())) throw notOurs();
    try {
      return await send(order);
    } catch (error) {
      if (attempt >= tries || !TRY_AGAIN.has(toDomainError(error).code)) throw error;
      await backOff(attempt, RETRY_MS, RETRY_MS * 10);
    }
  }
}

/** Orders out, in the order of each call; what became of them comes back as input. */
export function routedExecutor(options: RoutedExecutorOptions): RoutedExecutor {
  const tails = new Map<string, Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let pending = 0;

  function time({ channel, ms }: Extract<Deferred, { do: "time" }>): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      options.dispatch({ type: "ring_over", channel });
    }, ms);
    timers.add(timer.unref());
  }

  async function send(order: RoutedOrder): Promise<void> {
    if (order.do === "ask") return ask(options, order);
    if (order.do === "time") return time(order);
    let known = true;
    try {
      known = await insist(options, order);
    } catch (error) {
      options.onTraffic?.({ order, outcome: toDomainError(error).code });
      return failed(options, order, error);
    }
    options.onTraffic?.({ order, outcome: "done" });
    if (!known && "channel" in order) options.dispatch({ type: "gone", channel: order.channel });
    if (order.do === "dial") options.dispatch({ type: "taken", channel: order.channel });
  }

  function inOrder(call: string, orders: readonly RoutedOrder[]): Promise<void> {
    const before = tails.get(call);
    const work = (async () => {
      await before;
      for (const order of orders) await send(order);
    })();
    const tail: Promise<void> = work
      .catch(() => undefined)
      .finally(() => {
        pending -= orders.length;
        if (tails.get(call) === tail) tails.delete(call);
      });
    tails.set(call, tail);
    return work;
  }

  return {
    async run(orders) {
      if (orders.length === 0) return;
      if (pending + orders.length > MAX_PENDING) {
        throw new DomainError("exhausted", "pbx_actions_pending", `${MAX_PENDING} actions wait for the PBX: try again later`);
      }
      pending += orders.length;
      const groups = Map.groupBy(orders, ({ call }) => call);
      await Promise.all([...groups].map(([call, group]) => inOrder(call, group)));
    },
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
