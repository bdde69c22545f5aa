import type { Logger } from "@trunkline/runtime";
import { z } from "zod";
import type { Due } from "./timers.ts";

/** Word from one instance to the owner of the timers. May be lost: the next scan finds the same. */
export type Hints = {
  send(source: string, due: Due): void;
  receive(handle: (source: string, due: Due) => void): void;
} & AsyncDisposable;

/** Without Redis every timer waits for the owner's next scan, at most a second. */
export const noHints: Hints = { send: () => undefined, receive: () => undefined, [Symbol.asyncDispose]: async () => undefined };

const hint = z.object({ source: z.string(), tenant: z.string(), id: z.string(), at: z.number() });

/** @param channel shared by the instances of this service */
export async function redisHints(url: string, channel: string, log: Logger): Promise<Hints> {
  // Only now: whoever has no Redis does not load its client.
  const { Redis } = await import("ioredis");
  const options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: (tries: number) => Math.min(100 * tries, 2_000),
  };
  const sender = new Redis(url, options);
  const receiver = new Redis(url, options);
  for (const client of [sender, receiver])
    client.on("error", (error: unknown) => log.debug({ err: error }, "no hints while Redis is away"));
  let handle: (source: string, due: Due) => void = () => undefined;
  receiver.on("ready", () => receiver.subscribe(channel).catch(() => undefined));
  receiver.on("message", (_channel: string, text: string) => {
    const parsed = hint.safeParse(parse(text));
    if (parsed.success) handle(parsed.data.source, parsed.data);
  });
  return {
    send: (source, { tenant, id, at }) => void sender.publish(channel, JSON.stringify({ source, tenant, id, at })).catch(() => undefined),
    receive: (own) => {
      handle = own;
    },
    [Symbol.asyncDispose]: async () => {
      sender.disconnect();
      receiver.disconnect();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
