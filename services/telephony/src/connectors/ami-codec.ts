import { findBlankLine, findLineEnd, findLineStart, hasPrefix, type NameTest, nameTest } from "./ami-bytes.ts";
import { type AmiFrame, field, frameOf, type KeyPicker, keyPicker } from "./ami-frame.ts";

/** What was wrong with the bytes; parsing goes on after the next blank line. */
export type AmiProblem = {
  readonly code: "greeting_too_long" | "frame_too_large" | "line_too_long" | "not_a_message";
  readonly message: string;
};

export type AmiParserOptions = {
  /** Names of the events worth building; others are skipped unread. Left out: all. Responses always come. */
  readonly events?: Iterable<string>;
  /** Of the event VarSet (half of all traffic), the variables worth building. Left out: all. */
  readonly variables?: Iterable<string>;
  /** Keys worth keeping of an event that has been built. Left out: all. */
  readonly keys?: Iterable<string>;
  /** Longest line in bytes; default 65,536. */
  readonly maxLine?: number;
  /** Bytes of one message; default 262,144. The parser never holds more than this and one chunk. */
  readonly maxFrame?: number;
  readonly onGreeting?: (text: string) => void;
  readonly onFrame: (frame: AmiFrame) => void;
  readonly onProblem?: (problem: AmiProblem) => void;
};

export type AmiParser = {
  /** Takes the next bytes of the stream, any number of them; calls back for each message that they complete. */
  push(chunk: Buffer): void;
  /** Bytes held back for an unfinished message. */
  held(): number;
};

const EVENT = Buffer.from("Event: ");
const RESPONSE = Buffer.from("Response: ");
const FOLLOWS = Buffer.from("Response: Follows\r\n");
const FOLLOWS_END = Buffer.from("--END COMMAND--");
const VAR_SET = Buffer.from("VarSet");
const VARIABLE = Buffer.from("Variable: ");
const VALUE = Buffer.from("Value: ");
const MAX_GREETING = 1024;
const CR = 13;
const LF = 10;
const UNFINISHED = -1;
const TOO_LARGE = -2;

/** A VarSet message ends with its Variable and Value lines: the name is read from behind. True when it does not look so. */
function variableWanted(bytes: Buffer, start: number, stop: number, wanted: NameTest): boolean {
  const value = findLineStart(bytes, stop, start);
  if (!hasPrefix(bytes, value, VALUE)) return true;
  const variable = findLineStart(bytes, value - 2, start);
  return !hasPrefix(bytes, variable, VARIABLE) || wanted(bytes, variable + VARIABLE.length, value - 2);
}

/** Finds where the message that begins at `start` ends. `resume` is how much of it was searched before. */
function messageEnd(bytes: Buffer, start: number, resume: number, maxFrame: number): number {
  const limit = start + maxFrame;
  for (let from = start + resume; ; ) {
    const found = findBlankLine(bytes, from);
    if (found < 0 && bytes.length <= limit + 3) return UNFINISHED;
    if (found < 0 || found > limit) return TOO_LARGE;
    // A command's output of old may hold blank lines: only its mark ends it.
    if (!hasPrefix(bytes, start, FOLLOWS) || hasPrefix(bytes, found - FOLLOWS_END.length, FOLLOWS_END)) return found;
    from = found + 2;
  }
}

type Wanted = { readonly event: NameTest | undefined; readonly variable: NameTest | undefined };

function isWanted(bytes: Buffer, start: number, stop: number, { event, variable }: Wanted): boolean {
  if (!hasPrefix(bytes, start, EVENT)) return true;
  const name = start + EVENT.length;
  const nameEnd = findLineEnd(bytes, name, stop);
  if (event !== undefined && !event(bytes, name, nameEnd)) return false;
  if (variable === undefined || nameEnd - name !== VAR_SET.length || !hasPrefix(bytes, name, VAR_SET)) return true;
  return variableWanted(bytes, start, stop, variable);
}

/** Incremental parser of the bytes that an Asterisk Manager server sends, greeting first. */
export function amiParser(options: AmiParserOptions): AmiParser {
  const { maxLine = 65_536, maxFrame = 262_144, onFrame } = options;
  const names = options.events === undefined ? undefined : new Set(options.events);
  const wanted: Wanted = {
    event: names && nameTest(names),
    variable: options.variables && nameTest(options.variables),
  };
  const pick: KeyPicker | undefined = options.keys && keyPicker(options.keys, maxLine);
  let mode: "greeting" | "messages" | "skipping" = "greeting";
  let kept = Buffer.alloc(0);
  let keptLength = 0;
  let resume = 0;

  const problem = (code: AmiProblem["code"], text: string): void => options.onProblem?.({ code, message: text });

  function message(bytes: Buffer, start: number, stop: number): void {
    if (!isWanted(bytes, start, stop, wanted)) return;
    const isEvent = hasPrefix(bytes, start, EVENT);
    const frame = isEvent && pick ? pick(bytes, start, stop) : frameOf(bytes.toString("utf8", start, stop), maxLine);
    if (frame === undefined) return problem("line_too_long", `a line of a message exceeds ${maxLine} bytes: message left out`);
    if (isEvent || hasPrefix(bytes, start, RESPONSE)) return onFrame(frame);
    if (frame["Response"] !== undefined) return onFrame(frame);
    if (frame["Event"] === undefined) return problem("not_a_message", "neither Event nor Response in it: left out");
    if (names === undefined || names.has(field(frame, "Event"))) onFrame(frame);
  }

  /** Handles the greeting if it is complete. @returns where the messages begin, or UNFINISHED */
  function greeting(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n");
    if (end < 0 && bytes.length <= MAX_GREETING + 1) return UNFINISHED;
    mode = "messages";
    if (end < 0 || end > MAX_GREETING) {
      problem("greeting_too_long", `no line end in the first ${MAX_GREETING} bytes: this is not an Asterisk Manager port`);
      mode = "skipping";
      return 0;
    }
    const text = bytes.toString("utf8", 0, end);
    if (text.includes(": ")) return 0;
    options.onGreeting?.(text);
    return end + 2;
  }

  /** @returns where the unfinished rest begins */
  function consume(bytes: Buffer): number {
    let at = mode === "greeting" ? greeting(bytes) : 0;
    if (at === UNFINISHED) return 0;
    for (;;) {
      if (mode === "skipping") {
        const found = findBlankLine(bytes, at);
        if (found < 0) return Math.max(at, bytes.length - 3);
        at = found + 4;
        mode = "messages";
      }
      while (bytes[at] === CR && bytes[at + 1] === LF) at += 2;
      if (at >= bytes.length) return bytes.length;
      const stop = messageEnd(bytes, at, resume, maxFrame);
      resume = 0;
      if (stop === UNFINISHED) {
        resume = Math.max(0, bytes.length - 3 - at);
        return at;
      }
      if (stop === TOO_LARGE) {
        problem("frame_too_large", `a message exceeds ${maxFrame} bytes: left out up to the next blank line`);
        mode = "skipping";
        at += maxFrame + 1;
      } else {
        message(bytes, at, stop);
        at = stop + 4;
      }
    }
  }

  /** Appends to what is held back, in a buffer that doubles, so that tiny chunks do not copy it again each time. */
  function append(chunk: Buffer): void {
    const length = keptLength + chunk.length;
    if (length > kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, kept.length * 2, 4096));
      kept.copy(larger, 0, 0, keptLength);
      kept = larger;
    }
    chunk.copy(kept, keptLength);
    keptLength = length;
  }

  return {
    push(chunk) {
      if (keptLength === 0) {
        const rest = consume(chunk);
        if (rest < chunk.length) append(chunk.subarray(rest));
        return;
      }
      append(chunk);
      const rest = consume(kept.subarray(0, keptLength));
      kept.copyWithin(0, rest, keptLength);
      keptLength -= rest;
      if (keptLength === 0 && kept.length > maxFrame) kept = Buffer.alloc(0);
    },
    held: () => keptLength,
  };
}
