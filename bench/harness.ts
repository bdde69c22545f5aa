/** One bench's workload against one contender for a short time. */
export type Slice = {
  readonly ops: number;
  readonly wallMs: number;
  /** Of each operation, ms; empty where only the rate counts. */
  readonly latenciesMs: Float64Array;
  /** CPU of the contender's own process or processes. */
  readonly cpuUs: number;
};

export type Contender = { readonly name: string; readonly run: (ms: number) => Promise<Slice> };

/** What a contender did in one round. */
export type Round = { readonly rate: number; readonly p50Ms: number; readonly p99Ms: number; readonly cpuUsPerOp: number };

export type Plan = { readonly rounds: number; readonly slices: number; readonly sliceMs: number; readonly warmUpMs: number };

export type Figure = { readonly median: number; readonly min: number; readonly max: number; readonly cpuUsPerOp: number };

export type Target = { readonly atLeast: number } | { readonly atMost: number } | { readonly exactly: number };

/** A figure that is judged; values are one a round, or one alone. */
export type Judged = {
  readonly values: readonly number[];
  readonly target?: Target;
  /** A ratio whose rounds differ by more than SPREAD_LIMIT is not met, however good its median. */
  readonly steady?: boolean;
};

export type Result = {
  readonly name: string;
  readonly engine: string;
  readonly rounds: number;
  readonly figures: Readonly<Record<string, Figure>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly targets: Readonly<Record<string, number>>;
  /** Of each ratio over the rounds: (largest - smallest) / median. */
  readonly spread: Readonly<Record<string, number>>;
  readonly met: boolean;
  /** What a reader must know beside the figures; not judged. */
  readonly notes: readonly string[];
};

export const SPREAD_LIMIT = 0.25;

/**
 * Runs the contenders in turn, many short slices a round, so that whatever else the machine does hits all alike. Who
 * begins changes with every slice.
 * @returns the rounds of each contender, by name
 */
export async function alternate(
  contenders: readonly Contender[],
  plan: Plan,
  progress: (line: string) => void,
): Promise<ReadonlyMap<string, readonly Round[]>> {
  progress(`warming up: ${contenders.map(({ name }) => name).join(", ")}`);
  for (const { run } of contenders) await run(plan.warmUpMs);
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < plan.rounds; round++) {
    const slices = new Map<string, Slice[]>(contenders.map(({ name }) => [name, []]));
    for (let slice = 0; slice < plan.slices; slice++) {
      const first = (round + slice) % contenders.length;
      for (const { name, run } of [...contenders.slice(first), ...contenders.slice(0, first)])
        slices.get(name)?.push(await run(plan.sliceMs));
    }
    for (const [name, list] of slices) rounds.get(name)?.push(toRound(list));
    const told = [...rounds].map(([name, list]) => `${name} ${show(list.at(-1))}`);
    progress(`round ${round + 1} of ${plan.rounds}: ${told.join("; ")}`);
  }
  return rounds;
}

export function toRound(slices: readonly Slice[]): Round {
  const ops = sum(slices.map((slice) => slice.ops));
  const latencies = Float64Array.from(slices.flatMap((slice) => [...slice.latenciesMs])).sort();
  return {
    rate: (ops * 1000) / sum(slices.map((slice) => slice.wallMs)),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuUsPerOp: sum(slices.map((slice) => slice.cpuUs)) / Math.max(1, ops),
  };
}

function show(round: Round | undefined): string {
  return round ? `${round.rate.toFixed(0)}/s p99 ${round.p99Ms.toFixed(2)} ms ${round.cpuUsPerOp.toFixed(0)} us` : "";
}

/** @param sorted ascending; the value below which the part `q` of them lies, by nearest rank */
function quantile(sorted: ArrayLike<number>, q: number): number {
  return sorted.length === 0 ? 0 : (sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] as number);
}

export function figure(values: readonly number[], cpuUsPerOp: number): Figure {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), cpuUsPerOp };
}

/** Rate, p50 and p99 of each contender as figures named `<contender>_<what>`. */
export function figuresOf(rounds: ReadonlyMap<string, readonly Round[]>): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  for (const [name, list] of rounds) {
    const cpu = median(list.map(({ cpuUsPerOp }) => cpuUsPerOp));
    figures[`${name}_rate`] = figure(
      list.map(({ rate }) => rate),
      cpu,
    );
    for (const [what, key] of [
      ["p50_ms", "p50Ms"],
      ["p99_ms", "p99Ms"],
    ] as const) {
      const values = list.map((round) => round[key]);
      if (values.some((value) => value > 0)) figures[`${name}_${what}`] = figure(values, cpu);
    }
  }
  return figures;
}

/** One value a round: a figure of one contender over the same round's of another. */
export function perRound(rounds: ReadonlyMap<string, readonly Round[]>, what: keyof Round, over: string, under: string): number[] {
  const below = rounds.get(under) ?? [];
  return (rounds.get(over) ?? []).map((round, index) => round[what] / (below[index]?.[what] ?? Number.NaN));
}

type Told = { name: string; engine: string; rounds: number; figures: Record<string, Figure>; notes?: readonly string[] };

export function judge(told: Told, judged: Readonly<Record<string, Judged>>): Result {
  const entries = Object.entries(judged);
  const spread = (values: readonly number[]) =>
    median(values) === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / Math.abs(median(values));
  const passes = ({ values, target, steady }: Judged) =>
    target === undefined || (fits(median(values), target) && (!steady || spread(values) <= SPREAD_LIMIT));
  return {
    name: told.name,
    engine: told.engine,
    rounds: told.rounds,
    figures: told.figures,
    ratios: Object.fromEntries(entries.map(([name, { values }]) => [name, median(values)])),
    targets: Object.fromEntries(entries.flatMap(([name, { target }]) => (target ? [[name, Object.values(target)[0] as number]] : []))),
    spread: Object.fromEntries(entries.map(([name, { values }]) => [name, spread(values)])),
    met: entries.every(([, one]) => passes(one)),
    notes: told.notes ?? [],
  };
}

function fits(value: number, target: Target): boolean {
  if ("atLeast" in target) return value >= target.atLeast;
  return "atMost" in target ? value <= target.atMost : value === target.exactly;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
