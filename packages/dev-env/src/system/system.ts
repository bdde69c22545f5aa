import type { Clock } from "@trunkline/runtime";
import { type Engines, startEngines } from "../engines/index.ts";
import { claimPorts } from "../engines/ports.ts";
import { drain } from "./drain.ts";
import { type Connector, type Environments, makeEnvironments, type Surroundings } from "./environment.ts";
import { SERVICES, type ServiceName } from "./service-names.ts";
import { type ServiceProcess, serviceProcess } from "./service-process.ts";
import { type Simulators, startSimulators } from "./simulators.ts";

export type SystemOptions = {
  /** The environment to look for engines in; also HTTP_PORT and DESKTOP_PORT. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  /** Processes, as in production, or inside this one on the given clock. */
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
  readonly store?: "mongo" | "memory";
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
  readonly engines: Engines;
  readonly simulators: Simulators;
  readonly adminPassword: string;
  /** Waits until nothing is on its way any more, at most so long. */
  drain(deadlineMs?: number): Promise<void>;
  /** The process of a service; only when they run as processes. */
  process(name: ServiceName): ServiceProcess;
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
  progress("engines: looking for Kafka, MongoDB and Redis");
  const engines = opening.use(
    await startEngines({ env: options.env, dataDir: options.dataDir, mongoBackend: options.mongoBackend ?? "file", onProgress: progress }),
  );
  progress(`engines: Kafka ${engines.kinds.kafka}, MongoDB ${engines.kinds.mongo}, Redis ${engines.kinds.redis}`);
  const simulators = opening.use(await startSimulators(options.connectors ? [] : options.tenants, options.dialPerMinute));
  const prefix = options.prefix ?? "";
  const environments = await makeEnvironments(surroundings(options, engines, simulators, adminPassword));
  const processes = new Map<ServiceName, ServiceProcess>();
  if (options.inProcess) {
    const { START_HERE } = await import("./in-process.ts");
    for (const name of services) opening.use(await START_HERE[name](environments.env[name], options.inProcess.now));
  } else {
    progress(`services: starting ${services.length}`);
    await Promise.all(
      services.map(async (name) => {
        const process = opening.use(serviceProcess(name, environments.env[name], `${options.dataDir}/logs`));
        processes.set(name, process);
        await process.start();
        progress(`services: ${name} is ready`);
      }),
    );
  }
  const stack = opening.move();
  const databases = services.filter((name) => name !== "gateway").map((name) => environments.env[name].MONGO_DATABASE as string);
  return {
    gatewayUrl: environments.gatewayUrl,
    desktopUrl: environments.desktopUrl,
    environments,
    engines,
    simulators,
    adminPassword,
    drain: (deadlineMs = DRAIN_MS) =>
      drain({
        deadlineMs,
        kafkaBrokers: engines.kafkaBrokers,
        mongoUrl: engines.mongoUrl,
        prefix,
        databases,
        services: services.filter((name) => name !== "gateway"),
      }),
    process(name) {
      const process = processes.get(name);
      if (!process) throw new Error(`${name} does not run as a process of its own here`);
      return process;
    },
    another: (name, more) => anotherInstance(name, { ...environments.env[name], ...more }, `${options.dataDir}/logs`, stack),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
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

function surroundings(options: SystemOptions, engines: Engines, simulators: Simulators, adminPassword: string): Surroundings {
  const { env, tenants } = options;
  return {
    kafkaBrokers: engines.kafkaBrokers,
    mongoUrl: engines.mongoUrl,
    redisUrl: engines.redisUrl,
    smppUrl: simulators.smppUrl,
    smtpUrl: simulators.smtpUrl,
    connectors:
      options.connectors ?? simulators.connectors.filter(({ kind = "ami" }) => (options.exchanges ?? ["ami", "ari"]).includes(kind)),
    firstAdmins: tenants.map((tenant) => ({ tenant, login: ADMIN_LOGIN, password: adminPassword, roles: ADMIN_ROLES })),
    prefix: options.prefix ?? "",
    store: options.store ?? "mongo",
    logLevel: options.logLevel ?? "info",
    httpPort: portOf(env["HTTP_PORT"]),
    desktopPort: portOf(env["DESKTOP_PORT"]),
    extra: options.extra ?? {},
  };
}
