// The embedded family: all services as one process, and its store and log beside bare node:sqlite with the same statements.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenSigner } from "@trunkline/auth";
import { type Api, logIn, lookAt, readTopic, type System, startSystem } from "@trunkline/dev-env";
import { inParallel } from "@trunkline/runtime";
import { customerOf, TENANT } from "./customers.ts";
import { capacity, PBX_USER } from "./exchange.ts";
import { alternate, figure, figuresOf, judge, perRound, type Result, toRound } from "./harness.ts";
import type { BenchOptions } from "./options.ts";
import { add, contender, type Line, rehearse, type Tally } from "./pop.ts";
import { startWorker, type Worker } from "./worker.ts";

const AGENTS = 200;
const CUSTOMERS = 1_000;
const PER_SECOND = 20;
/** Tried one after the other: the last one at which 99 of 100 pops are there in time is what it carries. */
const HIGHER = [40, 60, 80, 100];
const IN_TIME_MS = 50;
const SLICE_MS = 6_000;
const WRAP_UP_MS = 1_000;
const EXTENSIONS = Array.from({ length: AGENTS }, (_, n) => String(2_000 + n));

export async function embedded(options: BenchOptions): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const line = await openLine(stack, folder, options);
  const tally: Tally = { offered: 0, shown: 0, wrong: 0, pending: 0 };
  const perSecond = options.rate ?? PER_SECOND;
  if (perSecond > capacity(AGENTS)) throw new Error(`${AGENTS} agents take at most ${capacity(AGENTS)} calls a second`);
  const product = contender("trunkline", line, perSecond, (seen) => add(tally, seen));
  const plan = { rounds: options.rounds, slices: 1, sliceMs: SLICE_MS, warmUpMs: 3_000 };
  const pops = await alternate([product], plan, options.progress);
  const carried = await highest(line, perSecond, options.progress);
  await line.system.drain();
  const acknowledged = await acknowledgedIn(line.system);
  const files = stack.use(startWorker(new URL("embedded-files.ts", import.meta.url).href, "files"));
  await files.ask("open", folder, CUSTOMERS, options.slowMs);
  const rated = (name: string) => ({ name, run: (ms: number) => files.ask<never>(name, ms) });
  const quick = { rounds: options.rounds, slices: options.slices, sliceMs: options.sliceMs, warmUpMs: 500 };
  const identify = await alternate([rated("identify"), rated("bare identify")], quick, options.progress);
  const outbox = await alternate([rated("outbox"), rated("bare outbox")], quick, options.progress);
  const rounds = new Map([...pops, ...identify, ...outbox]);
  return judge(
    {
      name: "embedded",
      engine: "SQLite, all services in one process",
      rounds: options.rounds,
      figures: { ...figuresOf(rounds), carried_per_second: figure([carried], 0) },
      notes: [
        `pop: ${perSecond} calls a second at ${AGENTS} desktops, from the bytes of the ring to the frame; carried: the highest of ${[perSecond, ...HIGHER].join(", ")} with p99 within ${IN_TIME_MS} ms`,
        `memory of the process at the end: ${line.mebibytes()} MiB`,
        "identify: a customer by number, the store's question and the same statement prepared by hand; outbox: a versioned update with its event through the log to a handler, and the same statements by hand",
      ],
    },
    {
      pop_p99_ms: { values: (pops.get("trunkline") ?? []).map(({ p99Ms }) => p99Ms), target: { atMost: IN_TIME_MS } },
      identify_vs_sqlite: { values: perRound(rounds, "rate", "identify", "bare identify"), target: { atLeast: 0.6 } },
      outbox_vs_sqlite: { values: perRound(rounds, "rate", "outbox", "bare outbox"), target: { atLeast: 0.6 } },
      wrong_agent: { values: [tally.wrong], target: { exactly: 0 } },
      offered: { values: [tally.offered] },
      shown: { values: [tally.shown], target: { exactly: tally.offered } },
      acknowledged: { values: [acknowledged - line.rehearsed()], target: { exactly: line.placed() } },
    },
  );
}

type EmbeddedLine = Line<Pick<Worker, "cpuUs">> & {
  readonly system: System;
  mebibytes(): number;
  /** Calls whose pop was acknowledged before the first round. */
  rehearsed(): number;
  /** Calls placed since. */
  placed(): number;
};

/** The system with an exchange and desktops in processes of their own, its people and customers made by the API. */
async function openLine(stack: AsyncDisposableStack, folder: string, { progress }: BenchOptions): Promise<EmbeddedLine> {
  const exchange = stack.use(startWorker(new URL("exchange.ts", import.meta.url).href, "exchange"));
  const desktops = stack.use(startWorker(new URL("desktops.ts", import.meta.url).href, "desktops"));
  const port = await exchange.ask<number>("open", EXTENSIONS, CUSTOMERS);
  const system = stack.use(
    await startSystem({
      env: {},
      family: "embedded",
      dataDir: folder,
      tenants: [TENANT],
      connectors: [{ id: "bench", tenant: TENANT, host: "127.0.0.1", port, ...PBX_USER }],
      logLevel: "error",
      extra: { telephony: { WRAP_UP_LIMIT_MS: String(WRAP_UP_MS) } },
    }),
  );
  progress(`hiring ${AGENTS} agents, entering ${CUSTOMERS} customers`);
  const agents = await hire(system, (await logIn(system.gatewayUrl, TENANT, "admin", system.adminPassword)).api);
  await system.drain();
  await desktops.ask("open", system.desktopUrl, agents);
  const pid = system.processes[0]?.pid() ?? 0;
  let [placed, before] = [0, 0];
  const counting = {
    ...exchange,
    ask: async <T>(what: string, ...args: readonly unknown[]) => counted(what, await exchange.ask<T>(what, ...args)),
  };
  const counted = <T>(what: string, answer: T): T => {
    if (what === "place") placed += (answer as readonly unknown[]).length;
    return answer;
  };
  const line = { exchange: counting, desktops, servers: [{ cpuUs: async () => cpuUsOf(pid) }], system };
  progress("every agent is rung once");
  await rehearse(line, AGENTS, async () => AGENTS);
  await system.drain();
  before = await acknowledgedIn(system);
  placed = 0;
  return { ...line, mebibytes: () => mebibytesOf(pid), rehearsed: () => before, placed: () => placed };
}

async function hire(system: System, admin: Api): Promise<readonly { readonly extension: string; readonly token: string }[]> {
  const sign = await createTokenSigner("workforce", system.environments.privateKeys["workforce"] as never);
  const agents = await inParallel(EXTENSIONS, 8, async (extension) => {
    const profile = { active: true, roles: ["agent"], extension };
    const body = { requestId: extension, login: `agent${extension}`, name: extension, password: "bench-password", profile };
    const { employee } = await admin.call<{ employee: { employeeId: string } }>("workforce.v1.EmployeeService/CreateEmployee", body);
    const token = await sign({ subject: employee.employeeId, tenant: TENANT, roles: ["agent"], ttlMs: 3_600_000, now: Date.now() });
    return { extension, token };
  });
  await inParallel([...Array(CUSTOMERS).keys()], 8, (n) => {
    const { id, ...customer } = customerOf(n);
    return admin.call("customer.v1.CustomerService/CreateCustomer", { ...customer, kind: "CUSTOMER_KIND_PERSON", requestId: id });
  });
  return agents;
}

async function highest(line: EmbeddedLine, first: number, progress: (line: string) => void): Promise<number> {
  let carried = first;
  for (const perSecond of HIGHER.filter((rate) => rate > first && rate <= capacity(AGENTS))) {
    const round = toRound([await contender("higher", line, perSecond, () => undefined).run(SLICE_MS)]);
    progress(`${perSecond} calls a second: p99 ${round.p99Ms.toFixed(1)} ms`);
    if (round.p99Ms > IN_TIME_MS) break;
    carried = perSecond;
  }
  return carried;
}

async function acknowledgedIn({ family }: System): Promise<number> {
  await using log = await lookAt(family.settings, "");
  const events = await readTopic(log, "trunkline.telephony.call.v1");
  return new Set(events.flatMap(({ key, headers }) => (headers["ce_type"]?.endsWith(".pop_shown") ? [key] : []))).size;
}

/** Of Linux: clock ticks of 10 ms, user and system. */
function cpuUsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

function mebibytesOf(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
}
