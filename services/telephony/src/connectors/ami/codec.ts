import { findBlankLine, findLineEnd, findLineStart, hasPrefix, type NameTest, nameTest } from "./bytes.ts";
import { type AmiFrame, field, frameOf, type KeyPicker, keyPicker } from "./frame.ts";

/** What was wrong with the bytes; parsing goes on after the next blank line. */
export type AmiProblem = {
  readonly code: "greeting_too_long" | "frame_too_large" | "line_too_long" | "not_a_message";
  readonly message: string;
};

export type AmiParserOptions = {
  /** Names of the events worth building; others are skipped unread. Left out: all. Responses always come. */
  readonly events?: readonly string[];
  /** Of the event VarSet (half of all traffic), the variables worth building; those with a value over 16 bytes are skipped. Left out: all. */
  readonly variables?: readonly string[];
  /** Keys worth keeping of an event that has been built. Left out: all. */
  readonly keys?: readonly string[];
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
const LONGEST_VALUE_LINE = VALUE.length + 16;
const MAX_GREETING = 1024;
const CR = 13;
const LF = 10;
const UNFINISHED = -1;
const TOO_LARGE = -2;

/** A VarSet message ends with its Variable and Value lines: the name is read from behind. */
function variableWanted(bytes: Buffer, start: number, stop: number, wanted: NameTest): boolean {
  const value = findLineStart(bytes, stop, Math.max(start, stop - LONGEST_VALUE_LINE));
  if (!hasPrefix(bytes, value, VALUE)) return false;
  const variable = findLineStart(bytes, value - 2, start);
  return hasPrefix(bytes, variable, VARIABLE) && wanted(bytes, variable + VARIABLE.length, value - 2);
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

/** Whether an event is worth building. */
function isWanted(bytes: Buffer, start: number, stop: number, { event, variable }: Wanted): boolean {
  const name = start + EVENT.length;
  const nameEnd = findLineEnd(bytes, name, stop);
  if (event !== undefined && !event(bytes, name, nameEnd)) return false;
  if (variable === undefined || nameEnd - name !== VAR_SET.length || !hasPrefix(bytes, name, VAR_SET)) return true;
  return variableWanted(bytes, start, stop, variable);
}

type ParserState = {
  readonly options: AmiParserOptions;
  readonly maxLine: number;
  readonly maxFrame: number;
  readonly names: ReadonlySet<string> | undefined;
  readonly wanted: Wanted;
  readonly pick: KeyPicker | undefined;
  mode: "greeting" | "messages" | "skipping";
  /** Bytes of an unfinished message: the first `keptLength` of `kept`, of which the first `resume` were searched for its end. */
  kept: Buffer;
  keptLength: number;
  resume: number;
};

function problem({ options }: ParserState, code: AmiProblem["code"], message: string): void {
  options.onProblem?.({ code, message });
}

function emit(parser: ParserState, bytes: Buffer, start: number, stop: number): void {
  const { wanted, pick, names, maxLine, options } = parser;
  const isEvent = hasPrefix(bytes, start, EVENT);
  if (isEvent && !isWanted(bytes, start, stop, wanted)) return;
  const frame = isEvent && pick ? pick(bytes, start, stop) : frameOf(bytes.toString("utf8", start, stop), maxLine);
  if (frame === undefined) problem(parser, "line_too_long", `a line of a message exceeds ${maxLine} bytes: message left out`);
  else if (isEvent || hasPrefix(bytes, start, RESPONSE) || frame["Response"] !== undefined) options.onFrame(frame);
  else if (frame["Event"] === undefined) problem(parser, "not_a_message", "neither Event nor Response in it: left out");
  else if (names === undefined || names.has(field(frame, "Event"))) options.onFrame(frame);
}

/** Handles the greeting if it is complete. @returns where the messages begin, or UNFINISHED */
function greeting(parser: ParserState, bytes: Buffer): number {
  const end = bytes.indexOf("\r\n");
  if (end < 0 && bytes.length <= MAX_GREETING + 1) return UNFINISHED;
  parser.mode = "messages";
  if (end < 0 || end > MAX_GREETING) {
    problem(parser, "greeting_too_long", `no line end in the first ${MAX_GREETING} bytes: this is not an Asterisk Manager port`);
    parser.mode = "skipping";
    return 0;
  }
  const text = bytes.toString("utf8", 0, end);
  if (text.includes(": ")) return 0;
  parser.options.onGreeting?.(text);
  return end + 2;
}

/** @returns where the unfinished rest begins */
function consume(parser: ParserState, bytes: Buffer): number {
  const { maxFrame } = parser;
  let at = parser.mode === "greeting" ? greeting(parser, bytes) : 0;
  if (at === UNFINISHED) return 0;
  for (;;) {
    if (parser.mode === "skipping") {
      const found = findBlankLine(bytes, at);
      if (found < 0) return Math.max(at, bytes.length - 3);
      at = found + 4;
      parser.mode = "messages";
    }
    while (bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    if (at >= bytes.length) return bytes.length;
    const stop = messageEnd(bytes, at, parser.resume, maxFrame);
    parser.resume = 0;
    if (stop === UNFINISHED) {
      parser.resume = Math.max(0, bytes.length - 3 - at);
      return at;
    }
    if (stop === TOO_LARGE) {
      problem(parser, "frame_too_large", `a message exceeds ${maxFrame} bytes: left out up to the next blank line`);
      parser.mode = "skipping";
      at += maxFrame + 1;
    } else {
      emit(parser, bytes, at, stop);
      at = stop + 4;
    }
  }
}

/** Appends to what is held back, in a buffer that doubles, so that tiny chunks do not copy it again each time. */
function keep(parser: ParserState, chunk: Buffer): void {
  const length = parser.keptLength + chunk.length;
  if (length > parser.kept.length) {
    const larger = Buffer.allocUnsafe(Math.max(length, parser.kept.length * 2, 4096));
    parser.kept.copy(larger, 0, 0, parser.keptLength);
    parser.kept = larger;
  }
  chunk.copy(parser.kept, parser.keptLength);
  parser.keptLength = length;
}

function push(parser: ParserState, chunk: Buffer): void {
  if (parser.keptLength === 0) {
    const rest = consume(parser, chunk);
    if (rest < chunk.length) keep(parser, chunk.subarray(rest));
    return;
  }
  keep(parser, chunk);
  const rest = consume(parser, parser.kept.subarray(0, parser.keptLength));
  parser.kept.copyWithin(0, rest, parser.keptLength);
  parser.keptLength -= rest;
  if (parser.keptLength === 0 && parser.kept.length > parser.maxFrame) parser.kept = Buffer.alloc(0);
}

/** Incremental parser of the bytes that an Asterisk Manager server sends, greeting first. Its callbacks must not throw. */
export function amiParser(options: AmiParserOptions): AmiParser {
  const { maxLine = 65_536, maxFrame = 262_144, events, variables, keys } = options;
  const parser: ParserState = {
    options,
    maxLine,
    maxFrame,
    names: events && new Set(events),
    wanted: { event: events && nameTest(events), variable: variables && nameTest(variables) },
    pick: keys && keyPicker(keys, maxLine),
    mode: "greeting",
    kept: Buffer.alloc(0),
    keptLength: 0,
    resume: 0,
  };
  return { push: (chunk) => push(parser, chunk), held: () => parser.keptLength };
}
