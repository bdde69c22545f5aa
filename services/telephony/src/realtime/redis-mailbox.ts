import { DomainError } from "@trunkline/errors";
import { failpointActive, type Logger, withDeadline } from "@trunkline/runtime";
import { Redis } from "ioredis";
import type { FrameSeal } from "./frame-seal.ts";
import { IDLE_SECONDS, KEPT, type Mailbox, type Numbered, type Tail } from "./mailbox.ts";

const DEADLINE_MS = 500;

/**
 * One round trip: unless this key and revision are known, number the frame, keep it and tell every subscriber.
 * KEYS: stream, sequence counter, epoch, seen marker. ARGV: frame, kept, idle seconds, a fresh epoch.
 */
const PUT = `
if redis.call('SET', KEYS[4], '1', 'NX', 'EX', ARGV[3]) == false then return 0 end
redis.call('SET', KEYS[3], ARGV[4], 'NX')
local n = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], n .. '-0', 'f', ARGV[1])
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
redis.call('PUBLISH', KEYS[1], n .. ' ' .. ARGV[1])
return n`;

const TAIL = `
redis.call('SET', KEYS[3], ARGV[1], 'NX')
for i = 2, 3 do redis.call('EXPIRE', KEYS[i], ARGV[2]) end
return { redis.call('GET', KEYS[3]), redis.call('GET', KEYS[2]) or '0' }`;

type Scripted = Redis & {
  putFrame(...args: [string, string, string, string, string, number, number, string]): Promise<number>;
  tailOf(...args: [string, string, string, string, number]): Promise<[epoch: string, id: string]>;
};

/**
 * Mailboxes in Redis: shared by all instances, lost without harm (a flush means a new epoch, and snapshots). Frames name callers, so they lie
 * there sealed; what cannot be opened (another secret) is as good as lost.
 * @param prefix keeps systems apart that share one Redis
 */
export async function redisMailbox(url: string, prefix: string, { seal, open }: FrameSeal, log: Logger): Promise<Mailbox> {
  const [writer, reader] = connect(url);
  for (const redis of [writer, reader]) redis.on("error", (error: Error) => log.warn({ err: error }, "redis"));
  await Promise.all([writer.connect(), reader.connect()]).catch((error: unknown) =>
    log.warn({ err: error }, "redis is away; desktops get snapshots until it is back"),
  );
  const { readers, check } = readChannels(reader, log);
  const keys = (agent: string): [string, string, string] => {
    const name = `${prefix}mailbox:{${agent}}`;
    return [name, `${name}:n`, `${name}:epoch`];
  };
  const tail = async (agent: string): Promise<Tail> => {
    const [epoch, id] = await guarded(writer.tailOf(...keys(agent), newEpoch(), IDLE_SECONDS));
    return { epoch, id };
  };
  return {
    async put(agent, frame) {
      const seen = `${prefix}mailbox:{${agent}}:seen:${frame.key}/${frame.revision}`;
      await guarded(writer.putFrame(...keys(agent), seen, seal(JSON.stringify(frame), agent), KEPT, IDLE_SECONDS, newEpoch()));
    },
    tail,
    async check() {
      await guarded(writer.ping());
      return check();
    },
    async after(agent, place) {
      const now = await tail(agent);
      const [from, to] = [Number(place.id), Number(now.id)];
      if (now.epoch !== place.epoch || !(from <= to) || to - from > KEPT) return undefined;
      const [stream] = keys(agent);
      const entries = (await guarded(writer.xrange(stream, `(${from}-0`, "+"))) as [string, string[]][];
      const missed = failpointActive("resume.drop") ? entries.slice(1) : entries;
      const opened = missed.map(([id, [, sealed]]) => ({ id: id.slice(0, id.indexOf("-")), frame: open(sealed ?? "", agent) }));
      return opened.every(isOpen) ? opened : undefined;
    },
    async subscribe(agent, receive) {
      const [channel] = keys(agent);
      const set = readers.get(channel) ?? new Set();
      const opening = ({ id, frame: sealed }: Numbered) => {
        const frame = open(sealed, agent);
        if (frame === undefined) log.warn({}, "a desktop frame could not be opened: do all instances have the same NUMBER_HASH_KEY?");
        else receive({ id, frame });
      };
      readers.set(channel, set.add(opening));
      // Awaited, so that nothing is missed between the tail that is read next and the first message.
      if (set.size === 1) await guarded(reader.subscribe(channel)).catch((error: unknown) => log.warn({ err: error }, "redis"));
      return async () => {
        set.delete(opening);
        if (set.size > 0) return;
        readers.delete(channel);
        await reader.unsubscribe(channel).catch(() => undefined);
      };
    },
    [Symbol.asyncDispose]: async () => {
      writer.disconnect();
      reader.disconnect();
    },
  };
}

function connect(url: string): [writer: Scripted, reader: Redis] {
  const options = {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (times: number) => Math.min(times * 100, 1_000),
  };
  const scripts = { putFrame: { lua: PUT, numberOfKeys: 4 }, tailOf: { lua: TAIL, numberOfKeys: 3 } };
  // What is put within one turn of the event loop is one write to the socket.
  const writer = new Redis(url, { ...options, enableAutoPipelining: true, scripts }) as Scripted;
  return [writer, new Redis(url, { ...options, enableOfflineQueue: true, autoResubscribe: true })];
}

const PROCESS = crypto.randomUUID();
let epochs = 0;

/** For a mailbox that Redis does not know (any more): one that no mailbox had before. */
function newEpoch(): string {
  epochs += 1;
  return `${PROCESS}-${epochs}`;
}

const isOpen = (one: { readonly id: string; readonly frame: string | undefined }): one is Numbered => one.frame !== undefined;

type Readers = Map<string, Set<(numbered: Numbered) => void>>;

/** Gives what comes on a channel to who subscribed it; `check` says how often the connection was cut, once all are subscribed again. */
function readChannels(reader: Redis, log: Logger): { readonly readers: Readers; check(): Promise<number> } {
  const readers: Readers = new Map();
  let cuts = 0;
  // The client renews its subscriptions by itself, but not those that it gave up while it was cut off.
  let renewed: Promise<unknown> = Promise.resolve();
  reader.on("close", () => {
    cuts += 1;
  });
  reader.on("ready", () => {
    renewed = readers.size > 0 ? reader.subscribe(...readers.keys()) : Promise.resolve();
    renewed.catch((error: unknown) => log.warn({ err: error }, "redis"));
  });
  reader.on("message", (channel: string, text: string) => {
    const space = text.indexOf(" ");
    const numbered = { id: text.slice(0, space), frame: text.slice(space + 1) };
    for (const receive of readers.get(channel) ?? []) receive(numbered);
  });
  const check = async () => {
    await guarded(reader.ping().then(() => renewed));
    return cuts;
  };
  return { readers, check };
}

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await withDeadline("redis", DEADLINE_MS, work);
  } catch (error) {
    throw new DomainError("unavailable", "mailbox_unavailable", "redis does not answer", {}, error);
  }
}
