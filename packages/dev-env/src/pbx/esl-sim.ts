import { type AriCaller, type AriPhone, keep, openPeople, openTimers, type People } from "./ari-sim.ts";
import type { PhoneBehaviour, PhoneBook } from "./ari-sim-phones.ts";
import type { AriWitness } from "./ari-sim-world.ts";
import { type EslResult, eslCommands, pickUp, ring } from "./esl-sim-commands.ts";
import { type EslClient, startEslServer } from "./esl-sim-server.ts";
import { bridge, calledAs, type EslLine, type EslWorld, eventOf, hangUp, openLine, park, part, tellOf } from "./esl-sim-world.ts";

export type FreeSwitchOptions = {
  /** The event socket's password. */
  readonly secret: string;
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** UTC epoch ms; default the real clock. Stamps events; phones run on real time. */
  readonly now?: () => number;
  /** Extensions that the exchange knows; each phone only rings until it is told otherwise. */
  readonly phones: readonly string[];
};

/** What a caller's network says besides the number. */
type Shown = { readonly name?: string; readonly hidden?: boolean; readonly verstat?: string };

export type FreeSwitchPhone = AriPhone & {
  /** Sends its caller on to another extension, by SIP REFER. */
  refer(extension: string): void;
  /** Puts its caller through to another extension, with which it has spoken on a second line. */
  putThrough(extension: string): void;
};

/**
 * A FreeSWITCH whose dial plan parks callers for us: its event socket as far as our connector uses it. Built from the documentation; no real
 * one has been seen.
 */
export type FreeSwitchSimulator = AsyncDisposable & {
  readonly port: number;
  /** Whom to let in. */
  secret: string;
  /** Instead of what is done with a command; undefined: as usual. */
  reply: (command: string) => EslResult | "silence" | undefined;
  /** @param from the number shown, "" or "anonymous" when withheld; the dial plan parks it for `queue` */
  call(from: string, queue?: string, of?: Shown): AriCaller;
  phone(extension: string): FreeSwitchPhone;
  /** What numbers outside do when they are called; default: answer at once. */
  outside(behaviour: (number: string) => PhoneBehaviour): void;
  /** Joins a caller with somebody of whom nobody has told us, as a transfer elsewhere on the exchange does. */
  takeOut(caller: string): void;
  /** Cuts every client, and lets none in until the result is called; lines stay as they are. */
  cut(): () => void;
  sendRaw(text: string): void;
  /** All that happened, oldest first, the newest 100,000. */
  witness(): readonly AriWitness[];
  /** Is told what happens from now on, at once. */
  watch(watcher: (truth: AriWitness) => void): void;
  /** API commands, the newest 10,000. */
  commands(): readonly string[];
  /** Phones that hear a talk which is not theirs, with whose it is. */
  listeners(): readonly { readonly extension: string; readonly caller: string }[];
  /** Whether somebody gets events. */
  listening(): boolean;
};

const KEPT_TRUTHS = 100_000;
const KEPT_COMMANDS = 10_000;

export async function startFreeSwitchSimulator(options: FreeSwitchOptions): Promise<FreeSwitchSimulator> {
  const { now = Date.now, phones } = options;
  const truths: AriWitness[] = [];
  const commands: string[] = [];
  const watchers: ((truth: AriWitness) => void)[] = [];
  const ends = new Map<string, () => void>();
  const clients = new Set<EslClient>();
  const timers = openTimers();
  const world: EslWorld = {
    now,
    lines: new Map(),
    tell: (name, headers) => {
      const event = eventOf(world, name, headers);
      for (const client of clients) client.event(name, event);
    },
    witness: (truth) => {
      const full = { at: now(), ...truth };
      keep(truths, full, KEPT_TRUTHS);
      for (const watcher of watchers) watcher(full);
      if (truth.kind === "caller_gone") ends.get(truth.caller)?.();
    },
    sequence: 0,
  };
  const people = openPeople(phones);
  const book: PhoneBook = { behaviour: people.behaviour, later: timers.later };
  const usual = eslCommands(world, book);
  const server = await startEslServer({
    port: options.port,
    secret: () => simulator.secret,
    handle: (command) => {
      keep(commands, command, KEPT_COMMANDS);
      return simulator.reply(command) ?? usual(command);
    },
    jobDone: (headers) => eventOf(world, "BACKGROUND_JOB", headers),
    opened: (client) => clients.add(client),
    closed: (client) => clients.delete(client),
  });
  const simulator: FreeSwitchSimulator = {
    port: server.port,
    secret: options.secret,
    reply: () => undefined,
    call: (from, queue, of) => arrive(world, ends, from, queue, of),
    phone: (extension) => phoneOf(world, book, people.behave, extension),
    outside: people.outside,
    takeOut: (caller) => bridge(world, lineOf(world, caller), elsewhere(world, "9000")),
    cut: server.cut,
    sendRaw: server.sendRaw,
    witness: () => truths,
    watch: (watcher) => void watchers.push(watcher),
    commands: () => commands,
    listeners: () => [...world.lines.values()].flatMap(({ extension, hears }) => (hears === "" ? [] : [{ extension, caller: hears }])),
    listening: () => clients.size > 0,
    [Symbol.asyncDispose]: async () => {
      timers[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
  return simulator;
}

function lineOf({ lines }: EslWorld, uuid: string): EslLine {
  const line = lines.get(uuid);
  if (line === undefined) throw new Error(`there is no line ${uuid}`);
  return line;
}

/** A line that the exchange itself made, in a name of its own. */
function elsewhere(world: EslWorld, extension: string): EslLine {
  const line = openLine(world, { name: `sofia/internal/${extension}@127.0.0.1:5060`, extension, destination: extension });
  line.state = "ACTIVE";
  return line;
}

function arrive(
  world: EslWorld,
  ends: Map<string, () => void>,
  from: string,
  queue = "support",
  { name = "", hidden = false, verstat = "" }: Shown = {},
): AriCaller {
  const line = openLine(world, {
    name: "sofia/external/trunk@127.0.0.1:5080",
    extension: "",
    inbound: true,
    destination: "400",
    callerNumber: from,
    callerName: name,
    hidden,
  });
  line.variables.set("trunkline_queue", queue);
  line.variables.set("trunkline_dialed", "400");
  if (verstat !== "") line.variables.set("sip_verstat_detailed", verstat);
  const { promise, resolve } = Promise.withResolvers<void>();
  ends.set(line.uuid, () => {
    ends.delete(line.uuid);
    resolve();
  });
  world.witness({ kind: "came", caller: line.uuid, number: from, args: [queue] });
  park(world, line);
  return {
    id: line.uuid,
    ended: promise,
    hangUp: () => hangUp(world, line, "party", "NORMAL_CLEARING"),
    press: (digit) => tellOf(world, line, "DTMF", { "DTMF-Digit": digit }),
  };
}

function phoneOf(world: EslWorld, book: PhoneBook, behave: People["behave"], extension: string): FreeSwitchPhone {
  const find = (state: EslLine["state"]): EslLine => {
    const found = [...world.lines.values()].find((one) => !one.inbound && calledAs(one) === extension && one.state === state);
    if (found === undefined) throw new Error(`phone ${extension} is not ${state === "ACTIVE" ? "off the hook" : state.toLowerCase()}`);
    return found;
  };
  return {
    behave: (behaviour) => behave(extension, behaviour),
    answer: () => pickUp(world, find("RINGING")),
    busy: () => hangUp(world, find("RINGING"), "party", "USER_BUSY"),
    reject: () => hangUp(world, find("RINGING"), "party", "CALL_REJECTED"),
    hangUp: () => hangUp(world, find("ACTIVE"), "party", "NORMAL_CLEARING"),
    hold: () => become(world, find("ACTIVE"), "HELD", "CHANNEL_HOLD"),
    unhold: () => become(world, find("HELD"), "ACTIVE", "CHANNEL_UNHOLD"),
    refer: (to) => refer(world, book, find("ACTIVE"), to),
    putThrough: (to) => {
      const line = find("ACTIVE");
      const caller = lineOf(world, line.partner);
      bridge(world, caller, elsewhere(world, to));
      hangUp(world, line, "party", "ATTENDED_TRANSFER");
    },
  };
}

function become(world: EslWorld, line: EslLine, state: EslLine["state"], event: string): void {
  line.state = state;
  tellOf(world, line, event);
}

/** The caller goes through the dial plan anew, which calls the extension; the agent's phone is done. */
function refer(world: EslWorld, book: PhoneBook, line: EslLine, to: string): void {
  const caller = lineOf(world, line.partner);
  caller.variables.set("transfer_source", `${Math.floor(world.now() / 1000)}:x:bl_xfer:${to}/default/XML`);
  part(world, line, () => undefined);
  hangUp(world, line, "party", "BLIND_TRANSFER");
  caller.destination = to;
  const target = openLine(world, { name: `sofia/internal/${to}@127.0.0.1:5060`, extension: to, destination: to });
  target.answered = () => !caller.gone && bridge(world, caller, target);
  target.failed = (cause) => hangUp(world, caller, "exchange", cause);
  ring(world, book, target, book.behaviour(to, "") ?? "rings");
}
