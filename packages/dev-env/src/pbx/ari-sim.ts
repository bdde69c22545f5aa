import { answer, BUSY, type PhoneBehaviour, type PhoneBook, REJECTED, refuse } from "./ari-sim-phones.ts";
import { ariRequests } from "./ari-sim-requests.ts";
import { type AriRequest, type AriSocket, startAriServer } from "./ari-sim-server.ts";
import {
  type AriChannel,
  type AriWitness,
  type AriWorld,
  calledAs,
  enterApp,
  hangUp,
  leaveBridge,
  nobodyYet,
  openChannel,
  replacedEvent,
  tellOf,
} from "./ari-sim-world.ts";

export type { PhoneBehaviour } from "./ari-sim-phones.ts";
export type { AriRequest } from "./ari-sim-server.ts";
export type { AriWitness } from "./ari-sim-world.ts";

export type AriSimulatorOptions = {
  /** The Stasis application that callers come to. */
  readonly app: string;
  readonly user: string;
  readonly secret: string;
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** UTC epoch ms; default the real clock. Stamps ids and events; phones run on real time. */
  readonly now?: () => number;
  /** Extensions that the exchange knows; each phone only rings until it is told otherwise. */
  readonly phones: readonly string[];
};

/** One caller on the line. */
export type AriCaller = {
  /** The id of the caller's channel; "" for one who was turned away because nobody listened. */
  readonly id: string;
  /** Resolves when the line is down. */
  readonly ended: Promise<void>;
  hangUp(): void;
  press(digit: string): void;
};

/** An agent's phone; a command that makes no sense just now throws. */
export type AriPhone = {
  /** What it does from its next ring on. */
  behave(behaviour: PhoneBehaviour | (() => PhoneBehaviour)): void;
  answer(): void;
  busy(): void;
  reject(): void;
  /** Ends its talk. */
  hangUp(): void;
  hold(): void;
  unhold(): void;
};

/**
 * An Asterisk in whose Stasis application callers wait: its REST interface and event socket as far as our connector uses them (same
 * events, keys and order, by recordings of the real one). The newest client of the application replaces the one before.
 */
export type AriSimulator = AsyncDisposable & {
  readonly url: string;
  /** @param from the number shown, "" or "anonymous" when withheld; `args` go to the application: the queue first */
  call(from: string, ...args: readonly string[]): AriCaller;
  /** An agent's, or that of a number outside. */
  phone(extension: string): AriPhone;
  /** What numbers outside do when they are called; default: answer at once. */
  outside(behaviour: (number: string) => PhoneBehaviour): void;
  /** Takes a caller out of the application, as a redirect elsewhere on the exchange does; what is left there lasts so many ms. */
  takeOut(caller: string, forMs: number): void;
  /** Cuts every client, and lets none in until the result is called; lines stay as they are. */
  cut(): () => void;
  /** All that happened, oldest first, the newest 100,000. */
  witness(): readonly AriWitness[];
  /** Is told what happens from now on, at once. */
  watch(watcher: (truth: AriWitness) => void): void;
  /** Requests but for lists, the newest 10,000. */
  requests(): readonly AriRequest[];
  /** Phones that hear a talk which is not theirs, with whose it is. */
  listeners(): readonly { readonly extension: string; readonly caller: string }[];
  /** Clients that get events: one or none. */
  listening(): boolean;
};

const KEPT_TRUTHS = 100_000;
const KEPT_REQUESTS = 10_000;
const LONGEST_CALLER_ID = 79;
const KEY_MS = 100;

export async function startAriSimulator(options: AriSimulatorOptions): Promise<AriSimulator> {
  const { app, user, secret, now = Date.now, phones } = options;
  const truths: AriWitness[] = [];
  const requests: AriRequest[] = [];
  const watchers: ((truth: AriWitness) => void)[] = [];
  const ends = new Map<string, () => void>();
  const timers = openTimers();
  let listener: AriSocket | undefined;
  const world: AriWorld = {
    app,
    now,
    ...nobodyYet(),
    tell: (event) => listener?.send(JSON.stringify(event)),
    witness: (truth) => {
      const full = { at: now(), ...truth };
      keep(truths, full, KEPT_TRUTHS);
      for (const watcher of watchers) watcher(full);
      if (truth.kind === "caller_gone") ends.get(truth.caller)?.();
    },
    listening: () => listener !== undefined,
  };
  const people = openPeople(phones);
  const handle = ariRequests(world, { behaviour: people.behaviour, later: timers.later });
  const server = await startAriServer({
    port: options.port,
    admits: admits({ user, secret }),
    handle: (request) => {
      if (request.method !== "GET") keep(requests, request, KEPT_REQUESTS);
      return handle(request);
    },
    opened: (socket) => {
      listener?.send(JSON.stringify(replacedEvent(world)));
      listener = socket;
    },
    closed: (socket) => {
      if (listener === socket) listener = undefined;
    },
  });
  return {
    url: server.url,
    call: (from, ...args) => arrive(world, ends, from, args),
    phone: (extension) => phoneOf(world, people.behave, extension),
    outside: people.outside,
    takeOut: (caller, forMs) => takeOut(world, timers.later, caller, forMs),
    cut: () => {
      listener = undefined;
      return server.cut();
    },
    witness: () => truths,
    watch: (watcher) => void watchers.push(watcher),
    requests: () => requests,
    listeners: () => listenersOf(world),
    listening: world.listening,
    [Symbol.asyncDispose]: async () => {
      timers[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function admits({ user, secret }: Pick<AriSimulatorOptions, "user" | "secret">): (authorization: string) => boolean {
  const wanted = `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
  return (authorization) => authorization === wanted;
}

export function keep<T>(list: T[], one: T, most: number): void {
  list.push(one);
  if (list.length > most) list.shift();
}

export function openTimers(): { later: PhoneBook["later"] } & Disposable {
  const timers = new Set<NodeJS.Timeout>();
  return {
    later: (ms, what) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        what();
      }, ms);
      timers.add(timer.unref());
    },
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

export type People = Pick<PhoneBook, "behaviour"> &
  Pick<AriSimulator, "outside"> & { behave(extension: string, behaviour: PhoneBehaviour | (() => PhoneBehaviour)): void };

export function openPeople(phones: readonly string[]): People {
  const behaviours = new Map<string, () => PhoneBehaviour>(phones.map((extension) => [extension, () => "rings"]));
  let stranger: (number: string) => PhoneBehaviour = () => ({ answerMs: 0 });
  return {
    behaviour: (extension, number) => (extension === "" ? stranger(number) : behaviours.get(extension)?.()),
    behave: (extension, behaviour) => behaviours.set(extension, typeof behaviour === "function" ? behaviour : () => behaviour),
    outside: (behaviour) => {
      stranger = behaviour;
    },
  };
}

function arrive(world: AriWorld, ends: Map<string, () => void>, from: string, args: readonly string[]): AriCaller {
  const number = from.slice(0, LONGEST_CALLER_ID);
  if (!world.listening()) {
    world.witness({ kind: "turned_away", number });
    return { id: "", ended: Promise.resolve(), hangUp: () => undefined, press: () => undefined };
  }
  const channel = openChannel(world, "trunk", { extension: "", state: "Ring", caller: { name: "", number }, exten: args[0] ?? "500" });
  const { promise, resolve } = Promise.withResolvers<void>();
  ends.set(channel.id, () => {
    ends.delete(channel.id);
    resolve();
  });
  world.witness({ kind: "came", caller: channel.id, number, args });
  enterApp(world, channel, args);
  // Nobody has talked to one who never was in a bridge: the exchange gives no cause then.
  const down = () => hangUp(world, channel, { by: "party", cause: channel.joined > 0 ? 16 : 0 });
  const press = (digit: string) => tellOf(world, channel, "ChannelDtmfReceived", { digit, duration_ms: KEY_MS });
  return { id: channel.id, ended: promise, hangUp: down, press };
}

function phoneOf(world: AriWorld, behave: People["behave"], extension: string): AriPhone {
  const line = (state: AriChannel["state"]): AriChannel => {
    const found = [...world.channels.values()].find((one) => calledAs(one) === extension && one.state === state);
    if (found === undefined) throw new Error(`phone ${extension} is not ${state === "Up" ? "off the hook" : "ringing"}`);
    return found;
  };
  return {
    behave: (behaviour) => behave(extension, behaviour),
    answer: () => answer(world, line("Ringing")),
    busy: () => refuse(world, line("Ringing"), BUSY),
    reject: () => refuse(world, line("Ringing"), REJECTED),
    hangUp: () => hangUp(world, line("Up"), { by: "party", cause: 16 }),
    hold: () => tellOf(world, line("Up"), "ChannelHold", { musicclass: "default" }),
    unhold: () => tellOf(world, line("Up"), "ChannelUnhold"),
  };
}

function listenersOf({ bridges, channels }: AriWorld): { extension: string; caller: string }[] {
  return [...bridges.values()].flatMap((bridge) => {
    const inside = bridge.channels.flatMap((id) => channels.get(id) ?? []);
    const copy = inside.find(({ copyOf }) => copyOf !== undefined);
    return copy ? inside.flatMap(({ extension }) => (extension === "" ? [] : [{ extension, caller: copy.copyOf ?? "" }])) : [];
  });
}

function takeOut(world: AriWorld, later: PhoneBook["later"], caller: string, forMs: number): void {
  const channel = world.channels.get(caller);
  if (channel?.args === undefined) throw new Error(`${caller} is not in the application`);
  leaveBridge(world, channel);
  tellOf(world, channel, "StasisEnd");
  channel.args = undefined;
  later(forMs, () => hangUp(world, channel, { by: "exchange", cause: 16 }));
}
