import type { Truth } from "./log.ts";

/** From when to when a line rang or talked, UTC epoch ms; what has not ended lasts for ever. */
export type Span = { readonly from: number; to: number; readonly line: string; readonly of: string };
type Of<W extends Truth["what"], T = Truth> = T extends Truth ? (T["what"] & W extends never ? never : T) : never;

/** What an agent's phone did with one caller: `line` is the phone's channel. */
export type History = {
  readonly rings: readonly Span[];
  readonly talks: readonly Span[];
  /** The same talks, by caller. */
  readonly callers: readonly Span[];
  /** Talks that ended though neither side hung up. */
  readonly cut: readonly string[];
};

export const only = <W extends Truth["what"]>(truths: readonly Truth[], ...kinds: readonly W[]): Of<W>[] =>
  truths.filter((one): one is Of<W> => (kinds as readonly string[]).includes(one.what));

/** The exchange's own record, in its order, as spans. */
export function historyOf(truths: readonly Truth[]): History {
  const meetings = only(truths, "met", "parted");
  const pair = ({ caller, phone }: { caller: string; phone: string }) => `${caller} ${phone}`;
  return {
    rings: spans(
      only(truths, "rings", "silent"),
      "rings",
      ({ phone }) => phone,
      ({ extension }) => extension,
    ),
    talks: spans(
      meetings,
      "met",
      ({ phone }) => phone,
      ({ extension }) => extension,
    ),
    callers: spans(meetings, "met", pair, ({ caller }) => caller),
    cut: cutTalks(truths),
  };
}

function spans<T extends Truth>(told: readonly T[], begins: T["what"], lineOf: (one: T) => string, of: (one: T) => string): Span[] {
  const open = new Map<string, Span>();
  const all: Span[] = [];
  for (const one of told) {
    const line = lineOf(one);
    if (one.what === begins) {
      const span: Span = { from: one.at, to: Number.POSITIVE_INFINITY, line, of: of(one) };
      open.set(line, span);
      all.push(span);
      continue;
    }
    const span = open.get(line);
    if (span) span.to = one.at;
    open.delete(line);
  }
  return all;
}

/** Pairs of lines that were busy for the same one at the same time. One that begins in the millisecond in which the other ends does not count. */
export function crossings(all: readonly Span[]): string[] {
  const found: string[] = [];
  for (const own of Map.groupBy(all, ({ of }) => of).values()) {
    let last: Span | undefined;
    for (const span of own.toSorted((one, two) => one.from - two.from || one.to - two.to)) {
      if (last && span.from < last.to && span.line !== last.line) found.push(`${span.of}: ${last.line} and ${span.line} at ${span.from}`);
      if (!last || span.to > last.to) last = span;
    }
  }
  return found;
}

/** Whose end made the talk end comes next in the record, in the same moment; nobody's, or one by an order, is a cut. */
function cutTalks(truths: readonly Truth[]): string[] {
  return truths.flatMap((one, n) => {
    if (one.what !== "parted") return [];
    const next = truths[n + 1];
    const line = next?.what === "caller_gone" ? next.caller : next?.what === "phone_gone" ? next.phone : "";
    const ended = next !== undefined && (line === one.caller || line === one.phone) && "by" in next && next.by === "party";
    return ended ? [] : [`${one.caller} and ${one.extension} at ${one.at}`];
  });
}
