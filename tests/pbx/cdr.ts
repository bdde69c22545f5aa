import { open, stat } from "node:fs/promises";

/** Calls of one story, whoever wrote them down. Instants are UTC epoch ms. */
export type Talks = {
  /** When callers came, and when they went, each in order of time. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** When the first phone was picked up; 0: none was. */
  readonly firstAnswer: number;
  /** Phones that were picked up. */
  readonly answers: number;
  /** How long callers had somebody: of one caller each instant once, of several the sum. */
  readonly talkMs: number;
};
type Span = { readonly begin: number; readonly end: number };

/** Asterisk's record of each call (cdr_csv), from now on. */
export async function openCdr(path: string): Promise<{ talks(): Promise<Talks> }> {
  const sizeNow = async () => (await stat(path).catch(() => ({ size: 0 }))).size;
  let from = await sizeNow();
  return {
    /** Since this was asked last. */
    async talks() {
      const size = await sizeNow();
      await using file = await open(path);
      const { buffer } = await file.read({ buffer: Buffer.alloc(Math.max(1, size - from)), position: from });
      from = size;
      return talksOf(buffer.toString("utf8").split("\n"));
    },
  };
}

/**
 * A caller of the check is the first half of a Local channel to 7..., which waits by itself; a phone the second half of one to 8.... Other halves
 * are the exchange's own.
 */
const CALLER = /^Local\/7\d+@.*;1$/;
const PHONE = /^Local\/8\d+@.*;2$/;

/** @param lines account, from, to, context, caller, channel, other channel, application, data, start, answer, end, seconds, ..., disposition, ..., id */
export function talksOf(lines: readonly string[]): Talks {
  const callers = new Map<string, Span>();
  const phones: Span[] = [];
  for (const line of lines) {
    const [, , , , , channel = "", , application, , start = "", answer = "", end = "", , , disposition, , id = ""] = valuesOf(line);
    if (CALLER.test(channel) && application === "Wait") {
      const known = callers.get(id);
      callers.set(id, { begin: Math.min(known?.begin ?? Number.POSITIVE_INFINITY, timeOf(start)), end: timeOf(end) });
    } else if (PHONE.test(channel) && disposition === "ANSWERED") phones.push({ begin: timeOf(answer), end: timeOf(end) });
  }
  return talksFrom([...callers.values()], phones);
}

export function talksFrom(callers: readonly Span[], phones: readonly Span[]): Talks {
  const firstAnswer = phones.length === 0 ? 0 : Math.min(...phones.map(({ begin }) => begin));
  const inOrder = (times: readonly number[]) => times.toSorted((a, b) => a - b);
  const [begins, ends] = [inOrder(callers.map(({ begin }) => begin)), inOrder(callers.map(({ end }) => end))];
  return { begins, ends, firstAnswer, answers: phones.length, talkMs: callers.length > 1 ? sumOf(phones) : coveredBy(phones) };
}

const sumOf = (spans: readonly Span[]) => spans.reduce((sum, { begin, end }) => sum + end - begin, 0);

/** A consultation overlaps with the talk that it belongs to. */
function coveredBy(spans: readonly Span[]): number {
  let [sum, until] = [0, 0];
  for (const { begin, end } of spans.toSorted((a, b) => a.begin - b.begin)) {
    sum += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return sum;
}

/** Every value stands in quotes, or is a number; a quote inside is doubled. */
const valuesOf = (line: string) => [...line.matchAll(/"((?:[^"]|"")*)"|(\d+)/g)].map(([, text, number]) => text ?? number ?? "");
const timeOf = (text: string) => Date.parse(`${text.replace(" ", "T")}Z`) || 0;
