import { toDomainError } from "@trunkline/errors";
import { inParallel, type Repeated, repeat, serviceScope } from "@trunkline/runtime";
import type { OutgoingChannel } from "../connectors/outgoing-channel.ts";
import type { Context } from "../context.ts";
import type { SendChannel } from "../domain/contact.ts";
import { defer } from "../domain/message.ts";
import { deliverMessage } from "../flows/deliver-message.ts";
import type { Found } from "../stores/message-store.ts";
import { createPace } from "./pace.ts";

export type SenderOptions = { readonly channel: SendChannel; readonly outgoing: OutgoingChannel; readonly perSecond: number };

/** What becomes due by itself, such as a lease, waits this long at most; what is queued here comes with a nudge. */
const IDLE_MS = 1_000;
/** Small, so that a single message never waits long behind a batch. */
const CHUNK = 100;
/** Something of ours failed while the message was in hand. */
const DEFER_MS = 30_000;

/**
 * Sends what is due on one channel, single messages before batches, a bounded number at once. Several instances may do
 * so: the claim of a message is a versioned update that one of them wins.
 */
export function runSender(context: Context, { channel, outgoing, perSecond }: SenderOptions): Repeated {
  const { messages, now, log } = context;
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
  const round = async () => {
    for (let more = true; more; ) {
      const direct = await messages.dueFor(channel, "direct", now(), CHUNK);
      const batch = direct.length < CHUNK ? await messages.dueFor(channel, "batch", now(), CHUNK - direct.length) : [];
      const done = await inParallel([...direct, ...shuffled(batch)], outgoing.width, send);
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

/** Two instances that read the same list begin at different ends of it. */
function shuffled<T>(items: readonly T[]): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
