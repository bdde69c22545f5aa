/** Calls as they are meant to happen. Nothing here, nor in expected.ts, knows how the product computes anything. */
export type PlannedCall = {
  readonly tenant: string;
  readonly kind: CallKind;
  /** As the exchange shows it; "anonymous" when withheld. */
  readonly from: string;
  /** When the caller enters the queue, ms from the start of the play. */
  readonly startMs: number;
  /** From entering the queue to the answer, or to hanging up. */
  readonly waitMs: number;
  /** How long the phone has rung by then; 0: no phone rings. */
  readonly ringMs: number;
  readonly talkMs: number;
  readonly extension: string;
  /** Who takes the call over after talkMs, for talkMs more. */
  readonly transferTo?: string;
};

export type CallKind = "answered_early" | "answered_late" | "abandoned" | "short_abandoned" | "transferred" | "withheld" | "shared_number";

/** How many of each kind a tenant gets: 22. */
const MIX: Readonly<Record<CallKind, number>> = {
  answered_early: 8,
  answered_late: 2,
  abandoned: 3,
  short_abandoned: 3,
  transferred: 2,
  withheld: 2,
  shared_number: 2,
};
const WAIT: Readonly<Record<CallKind, readonly [number, number]>> = {
  answered_early: [400, 3_000],
  answered_late: [20_600, 22_500],
  abandoned: [5_400, 8_000],
  short_abandoned: [400, 3_500],
  transferred: [400, 2_500],
  withheld: [400, 2_500],
  shared_number: [400, 2_500],
};
const START_WITHIN_MS = 12_000;
/** Whoever waits long comes first: else everybody would have to wait for them at the end. */
const LATE_START_WITHIN_MS = 2_000;
const RING_MS = 300;
/** Between two calls of one agent, so that after-call work fits. */
const GAP_MS = 1_500;

export type Callers = { readonly tenant: string; readonly numbers: readonly string[]; readonly shared: string };

/** At least forty calls over the tenants; the same seed gives the same plan. */
export function planCalls(seed: number, tenants: readonly Callers[], extensions: readonly string[]): PlannedCall[] {
  const random = generator(seed);
  return tenants.flatMap((callers) => planTenant(callers, extensions, random));
}

/** For a real exchange with one phone: answered and given up, one after the other. */
export function planExternal(seed: number, { tenant, numbers }: Callers, extension: string, answerMs: number): PlannedCall[] {
  const random = generator(seed);
  const kinds = shuffled<CallKind>(
    ["answered_early", "answered_early", "answered_early", "short_abandoned", "short_abandoned", "withheld"],
    random,
  );
  return kinds.map((kind) => {
    const gone = kind === "short_abandoned";
    const some = whoEither(numbers, gone);
    const from = kind === "withheld" ? "anonymous" : (some[Math.floor(random() * some.length)] ?? "").replace(/^\+86/, "");
    return {
      tenant,
      kind,
      from,
      startMs: 0,
      waitMs: gone ? answerMs / 2 : answerMs,
      ringMs: 0,
      talkMs: 1_500,
      extension: gone ? "" : extension,
    };
  });
}

function planTenant({ tenant, numbers, shared }: Callers, extensions: readonly string[], random: () => number): PlannedCall[] {
  const kinds = shuffled(
    (Object.keys(MIX) as CallKind[]).flatMap((kind) => Array<CallKind>(MIX[kind]).fill(kind)),
    random,
  );
  const between = (from: number, to: number) => Math.round(from + random() * (to - from));
  const freeFrom = new Map(extensions.map((extension) => [extension, 0]));
  const claim = (at: number, until: number, except = ""): string | undefined => {
    const free = extensions.find((extension) => extension !== except && (freeFrom.get(extension) ?? 0) <= at);
    if (free !== undefined) freeFrom.set(free, until + GAP_MS);
    return free;
  };
  const planned: PlannedCall[] = [];
  const drafts = kinds.map((kind) => ({
    kind,
    startMs: between(0, kind === "answered_late" ? LATE_START_WITHIN_MS : START_WITHIN_MS),
    waitMs: between(...WAIT[kind]),
    talkMs: between(500, 1_500),
  }));
  // Agents are given out in the order in which their phones ring.
  for (const draft of drafts.sort((a, b) => a.startMs + a.waitMs - (b.startMs + b.waitMs))) {
    const gone = draft.kind === "short_abandoned" || draft.kind === "abandoned";
    const some = whoEither(numbers, gone);
    const from =
      draft.kind === "withheld" ? "anonymous" : draft.kind === "shared_number" ? shared : (some[between(0, some.length - 1)] ?? shared);
    const base = { tenant, from: from.replace(/^\+86/, ""), ...draft };
    if (gone) {
      planned.push({ ...base, talkMs: 0, ringMs: 0, extension: "" });
      continue;
    }
    planned.push(answeredCall(base, claim));
  }
  return planned.sort((a, b) => a.startMs - b.startMs);
}

/** Who gives up is answered in no other call: how many callback tasks there are would hang on which of the two came first. */
function whoEither(numbers: readonly string[], gone: boolean): readonly string[] {
  const half = Math.ceil(numbers.length / 2);
  return gone ? numbers.slice(0, half) : numbers.slice(half);
}

type Draft = Omit<PlannedCall, "ringMs" | "extension" | "transferTo">;

/** Later by as much as it takes until somebody is free. */
function answeredCall(draft: Draft, claim: (at: number, until: number, except?: string) => string | undefined): PlannedCall {
  for (let delay = 0; ; delay += 100) {
    const startMs = draft.startMs + delay;
    const rings = startMs + draft.waitMs - RING_MS;
    const ends = rings + RING_MS + draft.talkMs;
    const extension = claim(rings, draft.kind === "transferred" ? ends + draft.talkMs + RING_MS : ends);
    if (extension === undefined) continue;
    if (draft.kind !== "transferred") return { ...draft, startMs, ringMs: RING_MS, extension };
    const transferTo = claim(ends, ends + RING_MS + draft.talkMs, extension);
    if (transferTo !== undefined) return { ...draft, startMs, ringMs: RING_MS, extension, transferTo };
    return { ...draft, kind: "answered_early", startMs, ringMs: RING_MS, extension };
  }
}

/** mulberry32: small, and the same on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
