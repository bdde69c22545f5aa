// A waiting call to the order to ring an agent, durable: 200, 2,000 and 20,000 ready agents with 50 skills, 10,000 calls that wait for what
// nobody can. Beside it the same two conditional updates alone, and app_queue of a real Asterisk with as many members.
import { benchEngines } from "./engines.ts";
import { BURST, type Place, WAITING, WIDTH } from "./floor.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result, type Round, type Slice } from "./harness.ts";
import type { BenchOptions } from "./options.ts";
import { startWorker, type Worker } from "./worker.ts";

const SIZES = [200, 2_000, 20_000] as const;
const [SMALL, MIDDLE, LARGE] = SIZES;
const PER_SECOND = 20;

export async function assign(options: BenchOptions): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const memory = options.store === "memory";
  const engines = stack.use(await benchEngines(memory ? ["kafka"] : ["kafka", "mongo"], options.progress));
  const mongoUrl = memory ? "" : engines.mongoUrl;
  const { kafkaBrokers } = engines;
  const placeOf = (size: number): Place => ({
    mongoUrl,
    kafkaBrokers,
    name: `bench-assign-${process.pid}-${size}`,
    store: options.store,
    slowMs: options.slowMs,
  });
  const floors = new Map<number, Worker>();
  for (const size of SIZES) {
    options.progress(`${size} agents come to work, ${WAITING} callers wait`);
    const floor = stack.use(startWorker(new URL("floor.ts", import.meta.url).href, "floor", { telemetry: true }));
    await floor.ask("open", placeOf(size), size);
    floors.set(size, floor);
  }
  const bare = memory ? undefined : stack.use(startWorker(new URL("assign-limit.ts", import.meta.url).href, "bare"));
  await bare?.ask("open", placeOf(MIDDLE));
  const ours = [...floors];
  const bursts = ours.map(([size, floor]): Contender => ({ name: `trunkline_${size}`, run: () => floor.ask<Slice>("burst") }));
  const plan = { rounds: options.rounds, slices: Math.ceil(options.slices / 4), sliceMs: 0, warmUpMs: 0 };
  const rates = await alternate(
    [...bursts, ...(bare ? [{ name: "bare", run: () => bare.ask<Slice>("burst") }] : [])],
    plan,
    options.progress,
  );
  const perSecond = options.rate ?? PER_SECOND;
  const calm = { rounds: options.rounds, slices: 1, sliceMs: 4_000, warmUpMs: 1_000 };
  const peer = await appQueue(stack, options, perSecond);
  const latencies: [string, readonly Round[]][] = [];
  for (const [size, floor] of ours) {
    const arrivals: Contender = { name: `to_ring_${size}`, run: (ms) => floor.ask<Slice>("arrive", perSecond, ms) };
    latencies.push(...(await alternate([arrivals, ...(await peer(size))], calm, options.progress)));
  }
  for (const floor of floors.values()) await floor.ask("drop");
  await bare?.ask("drop");
  return verdict(options, memory ? "stores in memory" : engines.engine, new Map([...rates, ...latencies]), perSecond);
}

function verdict(options: BenchOptions, engine: string, rounds: ReadonlyMap<string, readonly Round[]>, perSecond: number): Result {
  const memory = options.store === "memory";
  const worst = (...lists: readonly number[][]) => (lists[0] ?? []).map((_, n) => Math.max(...lists.map((list) => list[n] ?? Number.NaN)));
  const growth = worst(
    perRound(rounds, "rate", `trunkline_${SMALL}`, `trunkline_${MIDDLE}`),
    perRound(rounds, "rate", `trunkline_${MIDDLE}`, `trunkline_${LARGE}`),
  );
  const peer = options.appQueue !== undefined;
  return judge(
    {
      name: memory ? "assign --store memory" : "assign",
      engine,
      rounds: options.rounds,
      figures: figuresOf(rounds),
      notes: [
        `rate: bursts of ${BURST} calls that find an agent each, ${WIDTH} under way at once, ${WAITING} others wait for a level that nobody has; from the change that frees them to the last order to ring`,
        "limit: bare, the same two conditional updates (find, then update with the version) on copies of the same documents with the same indexes, 2,000 agents",
        `to_ring: ${perSecond} calls a second come one by one; from before the call is stored to the order to ring`,
        peer
          ? "peer: app_queue of Asterisk, which keeps nothing; from its event that the caller has joined to its event that a phone rings; the worst of the three sizes"
          : "without --app-queue there is no app_queue beside it",
      ],
    },
    {
      growth_10x: { values: growth, target: { atMost: 1.5 } },
      ...(memory
        ? {}
        : { rate_vs_bare: { values: perRound(rounds, "rate", `trunkline_${MIDDLE}`, "bare"), target: { atLeast: 0.7 }, steady: true } }),
      ...(peer
        ? {
            p99_vs_app_queue: {
              values: worst(...SIZES.map((size) => perRound(rounds, "p99Ms", `to_ring_${size}`, `app_queue_${size}`))),
              target: { atMost: 1 },
            },
          }
        : {}),
    },
  );
}

/** The peer with so many members; none without --app-queue. */
async function appQueue(
  stack: AsyncDisposableStack,
  { appQueue: address, progress }: BenchOptions,
  perSecond: number,
): Promise<(size: number) => Promise<Contender[]>> {
  if (address === undefined) return async () => [];
  const asterisk = stack.use(startWorker(new URL("app-queue.ts", import.meta.url).href, "app_queue"));
  await asterisk.ask("open", address);
  stack.defer(() => asterisk.ask("staff", 0));
  const run = async (ms: number): Promise<Slice> => {
    const latenciesMs = await asterisk.ask<Float64Array>("place", perSecond, Math.round((perSecond * ms) / 1000));
    return { ops: latenciesMs.length, wallMs: ms, latenciesMs, cpuUs: 0 };
  };
  return async (size) => {
    progress(`app_queue gets ${size} members`);
    await asterisk.ask("staff", size);
    return [{ name: `app_queue_${size}`, run }];
  };
}
