import { type DemoTenant, PASSWORD, seedDemo } from "../seed/demo-data.ts";
import { logIn } from "../system/api.ts";
import { openDesktop } from "../system/desktop.ts";
import { playBatches } from "./batches.ts";
import { expectedFigures } from "./expected.ts";
import { type Comparison, compareFigures, type Reported, readFigures } from "./figures.ts";
import { playMainLoop, type Stage } from "./main-loop.ts";
import { planCalls, planExternal } from "./plan.ts";
import { type AgentAtWork, playCalls, playOneByOne, wrongPops } from "./play-calls.ts";
import { eventually, must, openSteps, type StepResult } from "./steps.ts";
import type { World } from "./world.ts";

export type DemoOptions = {
  readonly gatewayUrl: string;
  readonly desktopUrl: string;
  readonly adminPassword: string;
  readonly tenants: readonly string[];
  readonly extensions: readonly string[];
  readonly world: World;
  readonly seed: number;
  readonly batchSize: number;
  readonly print: (line: string) => void;
};

export type DemoResult = {
  readonly ok: boolean;
  readonly steps: readonly StepResult[];
  readonly figures: readonly (Comparison & { tenant: string })[];
};

const FIGURES_DEADLINE_MS = 60_000;

/** Plays one call from ring to report, then forty at once over two tenants, and compares every figure with the plan. */
export async function playDemo(options: DemoOptions): Promise<DemoResult> {
  await using opened = new AsyncDisposableStack();
  const steps = openSteps(options.print);
  const tenants: DemoTenant[] = [];
  const agents = new Map<string, Map<string, AgentAtWork>>();
  const before = new Map<string, Reported>();
  const tallies = new Map<string, Record<string, number>>(options.tenants.map((tenant) => [tenant, {}]));
  const started = Date.now();
  await steps.run("demo data are there and agents sit at their desktops", async () => {
    for (const [index, tenant] of options.tenants.entries()) {
      tenants.push(await seedDemo({ ...options, tenant, index, batchSize: index === 0 ? options.batchSize : 0 }));
      agents.set(tenant, await openAgents(options, tenant, opened));
      before.set(tenant, await readFigures((tenants.at(-1) as DemoTenant).admin, started));
    }
    return `${options.tenants.join(" and ")}, ${options.extensions.length} agents each`;
  });
  const [first] = tenants;
  if (!first) return { ok: false, steps: steps.results, figures: [] };
  const stage: Stage = {
    steps,
    tenant: first,
    world: options.world,
    gatewayUrl: options.gatewayUrl,
    agents: agents.get(first.tenant) as Map<string, AgentAtWork>,
    logIn: async (login) => (await logIn(options.gatewayUrl, first.tenant, login, PASSWORD)).api,
    count: (figure, n = 1) => add(tallies.get(first.tenant) as Record<string, number>, figure, n),
  };
  await playMainLoop(stage);
  await playPlan(options, tenants, agents, tallies, steps, first.tenant);
  if (options.batchSize > 0) await playBatches(stage, options.batchSize);
  const figures: (Comparison & { tenant: string })[] = [];
  await steps.run("analytics shows what was done, each figure with its formula", async () => {
    const plan = planOf(options, tenants);
    for (const { tenant, admin } of tenants) {
      const expected = expectedFigures(
        plan.filter((call) => call.tenant === tenant),
        tallies.get(tenant) ?? {},
        options.world.external !== undefined,
      );
      const compare = async () => compareFigures(expected, before.get(tenant) as Reported, await readFigures(admin, started));
      const last = await eventually("the figures", compare, (found) => found.every(({ equal }) => equal), FIGURES_DEADLINE_MS).catch(
        compare,
      );
      figures.push(...last.map((comparison) => ({ ...comparison, tenant })));
    }
    const wrong = figures.filter(({ equal }) => !equal);
    must(
      wrong.length === 0,
      wrong.map(({ tenant, figure, expected, reported }) => `${tenant} ${figure}: expected ${expected}, reported ${reported}`).join("; "),
    );
    return `${figures.length} figures equal the plan`;
  });
  return { ok: steps.results.every(({ ok }) => ok), steps: steps.results, figures };
}

function planOf({ seed, extensions, world }: DemoOptions, tenants: readonly DemoTenant[]) {
  const [first] = tenants;
  if (world.external && first)
    return planExternal(
      seed,
      { tenant: first.tenant, numbers: first.callers.slice(2).map(({ phone }) => phone), shared: first.sharedNumber },
      extensions[0] ?? "",
      world.external.answerMs,
    );
  // The first two callers belong to the main loop: their pops and tasks are looked at there.
  return planCalls(
    seed,
    tenants.map(({ tenant, callers, sharedNumber }) => ({
      tenant,
      numbers: callers.slice(2).map(({ phone }) => phone),
      shared: sharedNumber,
    })),
    extensions,
  );
}

async function playPlan(
  options: DemoOptions,
  tenants: readonly DemoTenant[],
  agents: Map<string, Map<string, AgentAtWork>>,
  tallies: Map<string, Record<string, number>>,
  steps: Stage["steps"],
  firstTenant: string,
): Promise<void> {
  const plan = planOf(options, tenants);
  await steps.run(`${plan.length} calls over ${tenants.length} tenants at once (seed ${options.seed})`, async () => {
    const open = new Map(await Promise.all(tenants.map(async ({ tenant }) => [tenant, await openCallbacks(agents.get(tenant))] as const)));
    const { handleMs } = options.world.external
      ? await playOneByOne(plan, agents, options.world, options.extensions[0] ?? "")
      : await playCalls(plan, agents, options.world);
    let wrong = 0;
    for (const { tenant } of tenants) {
      const tally = tallies.get(tenant) as Record<string, number>;
      add(tally, "handle_ms", handleMs.get(tenant) ?? 0);
      const missed = new Set(plan.filter((call) => call.tenant === tenant && call.extension === "").map(({ from }) => from));
      const known = open.get(tenant) ?? [];
      add(tally, "callback_tasks_opened", [...missed].filter((from) => !known.some((number) => number.endsWith(from))).length);
      if (!options.world.external) wrong += wrongPops(plan, agents, tenant, tenant === firstTenant ? 1 : 0);
    }
    must(wrong === 0, `${wrong} pops too many, too few or at the wrong agent`);
    const kinds = new Map<string, number>();
    for (const { kind } of plan) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return [...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ");
  });
}

async function openCallbacks(agents: Map<string, AgentAtWork> | undefined): Promise<string[]> {
  const [agent] = agents?.values() ?? [];
  const { callbackTasks } = await (agent as AgentAtWork).api.call<{ callbackTasks: { number: string }[] }>(
    "service_desk.v1.CallbackTaskService/ListCallbackTasks",
    { state: "open", pageSize: 200 },
  );
  return callbackTasks.map(({ number }) => number);
}

async function openAgents(
  { gatewayUrl, desktopUrl, extensions, world }: DemoOptions,
  tenant: string,
  opened: AsyncDisposableStack,
): Promise<Map<string, AgentAtWork>> {
  const agents = new Map<string, AgentAtWork>();
  for (const extension of extensions) {
    const { api, token } = await logIn(gatewayUrl, tenant, `agent${extension}`, PASSWORD);
    // Behind a real exchange one phone answers: who is off line is paused there, and is not rung.
    const there = !world.external || extension === extensions[0];
    await api.call("telephony.v1.AgentSessionService/ChangeMyMode", { mode: there ? "ready" : "offline" });
    agents.set(extension, { extension, api, desktop: opened.use(await openDesktop(desktopUrl, token)) });
  }
  return agents;
}

function add(tally: Record<string, number>, figure: string, n: number): void {
  tally[figure] = (tally[figure] ?? 0) + n;
}
