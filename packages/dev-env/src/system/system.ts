import type { Clock } from "@trunkline/runtime";
import type { Engines } from "../engines/index.ts";
import { claimPorts } from "../engines/ports.ts";
import { drain } from "./drain.ts";
import { type Connector, type Environments, makeEnvironments, type Surroundings } from "./environment.ts";
import { type Family, type FamilyName, openFamily } from "./family.ts";
import { type Secrets, secretsIn } from "./secrets.ts";
import { SERVICES, type ServiceName } from "./service-names.ts";
import { type ServiceProcess, serviceProcess, wholeProcess } from "./service-process.ts";
import { type Simulators, startSimulators } from "./simulators.ts";

export type SystemOptions = {
  /** The environment to look for engines in; also HTTP_PORT, DESKTOP_PORT and SYNCHRONOUS. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  /** Which engines; default: any where the environment names one of them, else embedded. */
  readonly family?: FamilyName;
  /** Inside this process on the given clock. Else as processes of their own; with embedded engines as one. */
  readonly inProcess?: { readonly now: Clock };
  readonly tenants: readonly string[];
  /** Real exchanges instead of the simulator, one for each tenant named. */
  readonly connectors?: readonly Connector[];
  /** Which of the simulated exchanges telephony is connected to; default: the two ways to an Asterisk. */
  readonly exchanges?: readonly NonNullable<Connector["kind"]>[];
  /** Calls out in a minute that the simulated exchanges of each tenant are allowed; default: telephony's. */
  readonly dialPerMinute?: number;
  readonly services?: readonly ServiceName[];
  readonly mongoBackend?: "memory" | "file";
  readonly prefix?: string;
  readonly logLevel?: string;
  readonly extra?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  readonly onProgress?: (line: string) => void;
};

/** Which of the addresses serve is the service's affair. */
export type Instance = { readonly process: ServiceProcess; readonly rpc: string; readonly desktopUrl: string; readonly gatewayUrl: string };

export type System = {
  readonly gatewayUrl: string;
  readonly desktopUrl: string;
  readonly environments: Environments;
  /** @throws Error where they are embedded */
  engines(): Engines;
  readonly family: Family;
  readonly simulators: Simulators;
  readonly adminPassword: string;
  /** Waits until nothing is on its way any more, at most so long. */
  drain(deadlineMs?: number): Promise<void>;
  /** The process of a service, which with embedded engines is that of all; only when they run as processes. */
  process(name: ServiceName): ServiceProcess;
  /** Each of them once. */
  readonly processes: readonly ServiceProcess[];
  /** Starts one more instance of a service, as a process, on ports of its own, with these settings besides. */
  another(name: ServiceName, more?: Readonly<Record<string, string>>): Promise<Instance>;
} & AsyncDisposable;

const DRAIN_MS = 60_000;

export const ADMIN_LOGIN = "admin";
/** In a demo one person sets everything up. */
const ADMIN_ROLES = ["supervisor", "marketer"];

/** Starts engines, simulators and every service; when anything fails, what was started is ended again. */
export async function startSystem(options: SystemOptions): Promise<System> {
  await using opening = new AsyncDisposableStack();
  const progress = options.onProgress ?? (() => undefined);
  const services = options.services ?? SERVICES;
  const adminPassword = options.env["ADMIN_PASSWORD"] ?? "trunkline-demo";
  await checkPorts(options.env);
  const { env, dataDir, family: wanted, prefix = "", mongoBackend = "file" } = options;
  const family = opening.use(
    await openFamily({
      env,
      dataDir,
      family: wanted,
      prefix,
      mongoBackend,
      inProcess: options.inProcess !== undefined,
      onProgress: progress,
    }),
  );
  const simulators = opening.use(
    await startSimulators(options.connectors ? [] : options.tenants, options.inProcess?.now, options.dialPerMinute),
  );
  const secrets = await secretsIn(family.settings.DATA_DIR || dataDir);
  const environments = await makeEnvironments(surroundings(options, family, secrets, simulators, adminPassword));
  const processes = options.inProcess
    ? new Map<ServiceName, ServiceProcess>()
    : processesOf(services, environments, family, `${dataDir}/logs`, opening);
  if (options.inProcess) await startHere(services, environments, options.inProcess.now, family, opening);
  else await startAll(processes, family, progress);
  const stack = opening.move();
  const withData = services.filter((name) => name !== "gateway");
  const databases = withData.map((name) => environments.env[name].MONGO_DATABASE as string);
  return {
    gatewayUrl: environments.gatewayUrl,
    desktopUrl: environments.desktopUrl,
    environments,
    family,
    engines() {
      if (!family.engines) throw new Error("this system's engines are embedded in its process");
      return family.engines;
    },
    simulators,
    adminPassword,
    drain: (deadlineMs = DRAIN_MS) => drain(() => family.waiting(withData, databases), deadlineMs),
    processes: family.embedded ? [...processes.values()].slice(0, 1) : [...processes.values()],
    process(name) {
      const process = processes.get(name);
      if (!process) throw new Error(`${name} does not run as a process of its own here`);
      return process;
    },
    another: (name, more) => anotherInstance(name, { ...environments.env[name], ...more }, `${options.dataDir}/logs`, stack),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** All services in this process. */
async function startHere(
  services: readonly ServiceName[],
  { env }: Environments,
  now: Clock,
  { embedded }: Family,
  stack: AsyncDisposableStack,
): Promise<void> {
  const { START_HERE } = await import("./in-process.ts");
  const shared = embedded?.transport ? { transport: embedded.transport } : {};
  for (const name of services) stack.use(await START_HERE[name](env[name], { now, ...shared }));
}

/** By service: with embedded engines it is the same process for all. */
function processesOf(
  services: readonly ServiceName[],
  { env, gatewayUrl: address }: Environments,
  { embedded }: Family,
  logDir: string,
  stack: AsyncDisposableStack,
): Map<ServiceName, ServiceProcess> {
  if (!embedded) return new Map(services.map((name) => [name, stack.use(serviceProcess(name, env[name], logDir))]));
  const { folder, prefix, synchronous } = embedded;
  const settings = Object.fromEntries(services.map((name) => [name, env[name]]));
  const whole = wholeProcess({ folder, prefix, synchronous, address, services: settings }, logDir);
  stack.use(whole("gateway"));
  return new Map(services.map((name) => [name, whole(name)]));
}

async function startAll(
  processes: Map<ServiceName, ServiceProcess>,
  { embedded }: Family,
  progress: (line: string) => void,
): Promise<void> {
  progress(`services: starting ${processes.size}${embedded ? " in one process" : ""}`);
  const [whole] = processes.values();
  if (embedded) return whole?.start();
  await Promise.all(
    [...processes].map(async ([name, process]) => {
      await process.start();
      progress(`services: ${name} is ready`);
    }),
  );
}

async function anotherInstance(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  logDir: string,
  stack: AsyncDisposableStack,
): Promise<Instance> {
  const doors = ["gRPC", "health", "desktops", "HTTP"];
  const [rpc, health, desktop, http] = await claimPorts(doors.map((what) => ({ wanted: undefined, forWhat: what })));
  const own = { RPC_PORT: String(rpc), HEALTH_PORT: String(health), DESKTOP_PORT: String(desktop), HTTP_PORT: String(http) };
  const process = stack.use(serviceProcess(name, { ...env, ...own }, logDir, `${name}-${rpc}`));
  await process.start();
  return { process, rpc: `127.0.0.1:${rpc}`, desktopUrl: `ws://127.0.0.1:${desktop}`, gatewayUrl: `http://127.0.0.1:${http}` };
}

/** What is asked for by number must be free: said before the engines take their seconds to start. */
export async function checkPorts(env: SystemOptions["env"]): Promise<void> {
  const asked = [
    { wanted: portOf(env["HTTP_PORT"]), forWhat: "the gateway (HTTP_PORT)" },
    { wanted: portOf(env["DESKTOP_PORT"]), forWhat: "the desktop socket (DESKTOP_PORT)" },
  ];
  await claimPorts(asked.filter(({ wanted }) => wanted !== undefined));
}

function portOf(text: string | undefined): number | undefined {
  return text ? Number(text) : undefined;
}

function surroundings(
  options: SystemOptions,
  { settings }: Family,
  secrets: Secrets,
  simulators: Simulators,
  adminPassword: string,
): Surroundings {
  const { env, tenants } = options;
  return {
    settings,
    secrets,
    smppUrl: simulators.smppUrl,
    smtpUrl: simulators.smtpUrl,
    connectors:
      options.connectors ?? simulators.connectors.filter(({ kind = "ami" }) => (options.exchanges ?? ["ami", "ari"]).includes(kind)),
    firstAdmins: tenants.map((tenant) => ({ tenant, login: ADMIN_LOGIN, password: adminPassword, roles: ADMIN_ROLES })),
    prefix: options.prefix ?? "",
    logLevel: options.logLevel ?? "info",
    httpPort: portOf(env["HTTP_PORT"]),
    desktopPort: portOf(env["DESKTOP_PORT"]),
    extra: options.extra ?? {},
  };
}
