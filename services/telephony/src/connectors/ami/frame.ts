import { findLineEnd, hasPrefix } from "./bytes.ts";

/**
 * One message of the Asterisk Manager protocol. Has no prototype, so no key can reach one; a repeated key is an array in order of
 * arrival. Bytes that are not UTF-8 read as U+FFFD.
 */
export type AmiFrame = { readonly [key: string]: string | readonly string[] | undefined };

type MutableFrame = { [key: string]: string | string[] };

const SPACE = 32;
const FOLLOWS = "Response: Follows\r\n";
const END_COMMAND = "--END COMMAND--";

/** First value of a key, or "" when it is not there. */
export function field(frame: AmiFrame, key: string): string {
  const value = frame[key];
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

/** Every value of a key, in order. */
export function fields(frame: AmiFrame, key: string): readonly string[] {
  const value = frame[key];
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function put(frame: MutableFrame, key: string, value: string): void {
  const known = frame[key];
  if (known === undefined) frame[key] = value;
  else if (typeof known === "string") frame[key] = [known, value];
  else known.push(value);
}

/** Before Asterisk 14 a command's output stood bare between the keys and an end mark, in lines that end with LF alone. */
function putBareOutput(frame: MutableFrame, text: string): void {
  const end = text.endsWith(END_COMMAND) ? text.length - END_COMMAND.length : text.length;
  for (const line of text.slice(0, end).split(/\r?\n/)) if (line !== "") put(frame, "Output", line);
}

/** Keys that stand before the output of an old-style command reply. */
const HEAD_OF_FOLLOWS = new Set(["Response", "ActionID", "Privilege", "Message"]);

/**
 * Builds a message from its text, without the blank line that ends it. Lines without a colon are left out.
 * @returns undefined when a line is longer than `maxLine` characters
 */
export function frameOf(text: string, maxLine: number): AmiFrame | undefined {
  const frame: MutableFrame = Object.create(null);
  const follows = text.startsWith(FOLLOWS);
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf("\r\n", at);
    const end = found < 0 ? text.length : found;
    if (end - at > maxLine) return undefined;
    const colon = text.indexOf(":", at);
    if (follows && !(colon > at && colon < end && HEAD_OF_FOLLOWS.has(text.slice(at, colon)))) {
      putBareOutput(frame, text.slice(at));
      return frame;
    }
    if (colon > at && colon < end) {
      const value = text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
      put(frame, text.slice(at, colon), text.slice(Math.min(value, end), end));
    }
    at = end + 2;
  }
  return frame;
}

export type KeyPicker = (bytes: Buffer, start: number, stop: number) => AmiFrame | undefined;

/** Frames of known keys get this instead of no prototype, which the engine would store as a slower kind of object. */
const EMPTY: object = Object.freeze(Object.create(null));

type Wanted = { readonly key: string; readonly prefix: Buffer };

const SLOTS = 1024;

/** From the first four bytes of a line: that much every key of the protocol has, with its colon. */
function slotOf(bytes: Buffer, at: number): number {
  const first = ((bytes[at] as number) << 6) ^ ((bytes[at + 1] as number) << 4);
  return (first ^ ((bytes[at + 2] as number) << 2) ^ (bytes[at + 3] as number)) & (SLOTS - 1);
}

function wantedKeys(keys: readonly string[]): readonly (readonly Wanted[] | undefined)[] {
  const table = new Array<Wanted[] | undefined>(SLOTS).fill(undefined);
  for (const key of new Set(keys)) {
    const prefix = Buffer.from(`${key}: `);
    const slot = slotOf(prefix, 0);
    table[slot] = [...(table[slot] ?? []), { key, prefix }];
  }
  return table;
}

function wantedAt(candidates: readonly Wanted[] | undefined, bytes: Buffer, at: number): Wanted | undefined {
  if (candidates === undefined) return undefined;
  for (let i = 0; i < candidates.length; i++) {
    const one = candidates[i] as Wanted;
    if (hasPrefix(bytes, at, one.prefix)) return one;
  }
  return undefined;
}

/**
 * As frameOf, but from bytes and keeping only the given keys: several times faster where a message has thirty keys and ten are read.
 */
export function keyPicker(keys: readonly string[], maxLine: number): KeyPicker {
  const table = wantedKeys(keys);
  return (bytes, start, stop) => {
    const frame: MutableFrame = Object.create(EMPTY);
    const text = bytes.toString("utf8", start, stop);
    // As many units as bytes means that each byte is one unit: values can be cut out of the text by position.
    const aligned = text.length === stop - start;
    for (let at = start; at < stop; ) {
      const wanted = wantedAt(table[slotOf(bytes, at)], bytes, at);
      const from = wanted === undefined ? at : at + wanted.prefix.length;
      const end = findLineEnd(bytes, from, stop);
      if (end - at > maxLine) return undefined;
      if (wanted !== undefined) put(frame, wanted.key, aligned ? text.slice(from - start, end - start) : bytes.toString("utf8", from, end));
      at = end + 2;
    }
    return frame;
  };
}
