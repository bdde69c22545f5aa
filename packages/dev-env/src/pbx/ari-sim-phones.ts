import { type AriChannel, type AriWorld, become, calledAs, enterApp, hangUp, openChannel, silence, tellDial } from "./ari-sim-world.ts";

/** What a phone (or a customer who is called) does when it is called; times in ms from the first ring. */
export type PhoneBehaviour =
  /** Rings until somebody decides: by command, or the ring's end. */
  | "rings"
  /** Known to the exchange, but nobody answers at its address. */
  | "not_there"
  | { readonly answerMs: number }
  | { readonly busyMs: number }
  | { readonly rejectMs: number };

/** Runs later, unless the exchange was closed. */
export type Later = (ms: number, what: () => void) => void;

export type Dialled = {
  readonly id: string;
  readonly endpoint: string;
  readonly args: readonly string[];
  readonly callerId: string;
  readonly timeoutS: number;
};

const ENDPOINT = /^PJSIP\/(?:agent([A-Za-z0-9+*#]+)|([^@]+)@trunk)$/;
export const NO_ANSWER = 19;
export const BUSY = 17;
export const REJECTED = 21;

export type PhoneBook = {
  /** Of an extension or of a number outside; undefined: the exchange knows no such phone. */
  readonly behaviour: (extension: string, number: string) => PhoneBehaviour | undefined;
  readonly later: Later;
};

/** Calls a phone or a number. @returns undefined where the exchange knows nobody of that name; else what happens once the reply is out */
export function dial(world: AriWorld, book: PhoneBook, of: Dialled): { channel: AriChannel; ring: () => void } | undefined {
  const [, extension = "", number = ""] = ENDPOINT.exec(of.endpoint) ?? [];
  const behaviour = extension === "" && number === "" ? undefined : book.behaviour(extension, number);
  if (behaviour === undefined) return undefined;
  const [, name = "", shown = ""] = /^"?([^"<]*)"?\s*<([^>]*)>$/.exec(of.callerId) ?? [];
  const channel = openChannel(world, extension === "" ? "trunk" : `agent${extension}`, {
    id: of.id,
    extension,
    caller: { name: name.trim(), number: shown },
    connected: shown,
    dialled: { dialstring: of.endpoint.slice("PJSIP/".length), app: world.app, args: of.args },
    followed: true,
  });
  book.later(of.timeoutS * 1000, () => channel.state !== "Up" && hangUp(world, channel, { by: "exchange", cause: NO_ANSWER }));
  return { channel, ring: () => ring(world, book.later, channel, behaviour) };
}

function ring(world: AriWorld, later: Later, channel: AriChannel, behaviour: PhoneBehaviour): void {
  tellDial(world, channel, "");
  if (behaviour === "not_there") return;
  world.witness({ kind: "rings", phone: channel.id, extension: calledAs(channel), number: channel.caller.number });
  become(world, channel, "Ringing");
  tellDial(world, channel, "RINGING");
  if (behaviour === "rings") return;
  if ("answerMs" in behaviour) later(behaviour.answerMs, () => answer(world, channel));
  if ("busyMs" in behaviour) later(behaviour.busyMs, () => refuse(world, channel, BUSY));
  if ("rejectMs" in behaviour) later(behaviour.rejectMs, () => refuse(world, channel, REJECTED));
}

/** Picked up. Where nobody listens the exchange has no use for it and hangs up. */
export function answer(world: AriWorld, channel: AriChannel): void {
  if (channel.gone || channel.state !== "Ringing") return;
  silence(world, channel, true);
  become(world, channel, "Up");
  tellDial(world, channel, "ANSWER");
  if (world.listening()) enterApp(world, channel, channel.dialled?.args ?? []);
  else hangUp(world, channel, { by: "exchange", cause: 16 });
}

export function refuse(world: AriWorld, channel: AriChannel, cause: number): void {
  if (!channel.gone && channel.state === "Ringing") hangUp(world, channel, { by: "party", cause });
}
