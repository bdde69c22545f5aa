import { toDomainError } from "@trunkline/errors";
import { inParallel, type Repeated, repeat, serviceScope } from "@trunkline/runtime";
import type { OutgoingChannel } from "../connectors/outgoing-channel.ts";
import type { Context } from "../context.ts";
import type { SendChannel } from "../domain/contact.ts";
import { laneKey, NO_TURNS, shareOf, takeTurns, type Waiting, WEIGHTS } from "../domain/lane.ts";
import { defer } from "../domain/message.ts";
import { deliverMessage } from "../flows/deliver-message.ts";
import type { Found } from "../stores/message-store.ts";
import { createPace } from "./pace.ts";

export type SenderOptions = { readonly channel: SendChannel; readonly outgoing: OutgoingChannel; readonly perSecond: number };

/** What becomes due by itself, such as a lease, waits this long at most; what is queued here comes with a nudge. */
const IDLE_MS = 1_000;
/** A round: enough to keep the channel busy, and so little that what comes meanwhile has its turn soon. */
const ROUND = { most: 100, perSubmit: 5 } as const;
/** Lanes looked at in one round, and how many at once. */
const MAX_LANES = 1_000;
const WIDTH = 8;
/** A lane in which something waits is looked at as often as this, whatever its next message says. */
const LOOK_MS = 10_000;
/** Something of ours failed while the message was in hand. */
const DEFER_MS = 30_000;

/**
 * Sends what is due on one channel, a bounded number at once, tenants and purposes by turns. Several instances may do so: the claim of a
 * message is a versioned update that one of them wins.
 */
export function runSender(context: Context, { channel, outgoing, perSecond }: SenderOptions): Repeated {
  const { now, log } = context;
  const pace = createPace(perSecond);
  const stop = new AbortController();
  const send = async (found: Found): Promise<boolean> => {
    if (stop.signal.aborted || !outgoing.ready()) return false;
    await pace(stop.signal);
    try {
      await deliverMessage(context, outgoing, found);
      return true;
    } catch (error) {
      log.warn({ code: toDomainError(error).code, messageId: found.state.id }, "a message could not be handled; it is put off");
      return putOff(context, found);
    }
  };
  const size = Math.max(1, Math.min(ROUND.most, ROUND.perSubmit * outgoing.width, perSecond || ROUND.most));
  let turns = NO_TURNS;
  const round = async () => {
    for (let more = true; more; ) {
      const step = takeTurns(turns, await waiting(context, channel, now(), size), size);
      turns = step.turns;
      const done = await inParallel(step.taken, outgoing.width, send);
      more = done.length > 0 && done.every((ok) => ok);
    }
  };
  const running = repeat({ what: `sending ${channel}`, everyMs: IDLE_MS, work: round, log });
  return {
    nudge: running.nudge,
    [Symbol.asyncDispose]: () => {
      stop.abort();
      return running[Symbol.asyncDispose]();
    },
  };
}

/** What is due in each lane that may have something; one that has nothing rests. */
async function waiting({ lanes, messages }: Context, channel: SendChannel, at: number, size: number): Promise<Waiting<Found>[]> {
  const awake = await lanes.awake(channel, at, MAX_LANES);
  return inParallel(awake, WIDTH, async (lane) => {
    // More than its turns: two instances that read the same begin with different ones.
    const items = await messages.dueIn(lane, at, 2 * shareOf(lane, awake, size));
    if (items.length === 0) {
      const next = await messages.nextDueIn(lane);
      await lanes.rest(lane, at, next && Math.min(next, at + LOOK_MS));
    }
    return { key: laneKey(lane), weight: WEIGHTS[lane.purpose], items: shuffled(items) };
  });
}

/** Others go first. False when not even that could be stored: then the whole round waits. */
async function putOff({ messages, now }: Context, { tenant, state: { id } }: Found): Promise<boolean> {
  const until = now() + DEFER_MS;
  return messages
    .update(serviceScope("marketing", tenant, id), id, (message) => defer(message, until))
    .then(
      () => true,
      () => false,
    );
}

function shuffled<T>(items: readonly T[]): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
