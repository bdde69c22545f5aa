// One service of the product in a process of its own, as in production but for the questions that the bench asks it.
import { readFileSync } from "node:fs";
import { Server, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type ProxyTracerProvider, trace } from "@opentelemetry/api";
import type { RunningService } from "@trunkline/service";
import { Redis } from "ioredis";
import { WebSocket } from "ws";
import { parse } from "yaml";
import { offer, startWorker, type Worker } from "./worker.ts";

type Env = Readonly<Record<string, string>>;

const START: Readonly<Record<string, (env: Env) => Promise<RunningService>>> = {
  async customer(env) {
    const [{ startCustomer }, { customerConfig }] = await Promise.all([
      import("@trunkline/customer-service"),
      import("@trunkline/customer-service/config"),
    ]);
    return startCustomer(customerConfig(env));
  },
  async telephony(env) {
    const [{ startTelephony }, { telephonyConfig }] = await Promise.all([
      import("@trunkline/telephony-service"),
      import("@trunkline/telephony-service/config"),
    ]);
    return startTelephony(telephonyConfig(env));
  },
};

export type ServiceWorker = Worker & {
  readonly rpcAddress: string;
  /** Only telephony has one. */
  readonly desktopPort: number;
  /** What the service has done since its start, each with its name; see docs/operator.md. */
  counts(): Promise<ReadonlyMap<string, number>>;
};

/**
 * @param checkout folder of the product, another than this one to compare with it
 * @param slowMs planted before every handler of the service's gRPC server and, in telephony, before every mailbox write and frame
 */
export async function startService(name: string, env: Env, slowMs: number, checkout = ".."): Promise<ServiceWorker> {
  const file = new URL(`${checkout}/bench/service.ts`, import.meta.url);
  const worker = startWorker(file.href, name, { telemetry: true, env: { NODE_OPTIONS: nodeOptions(file) } });
  const addresses = await worker.ask<Pick<ServiceWorker, "rpcAddress" | "desktopPort">>("start", env, slowMs);
  return { ...worker, ...addresses, counts: async () => new Map(await worker.ask<[string, number][]>("counts")) };
}

/** What Node is told on a cluster. @param file of the checkout's bench */
export function nodeOptions(file = new URL(import.meta.url)): string {
  return parse(readFileSync(new URL("../deploy/k8s/base/configmap.yaml", file), "utf8")).data.NODE_OPTIONS;
}

/** Delays every unary handler that is added to a server from now on. */
function slowHandlers(ms: number): void {
  const { addService } = Server.prototype;
  Server.prototype.addService = function slow(definition, implementation) {
    const entries = Object.entries(implementation).map(([name, handler]) => [
      name,
      (...call: unknown[]) => setTimeout(handler as (...call: unknown[]) => void, ms, ...call),
    ]);
    return addService.call(this, definition, Object.fromEntries(entries) as UntypedServiceImplementation);
  };
}

/** Delays what a service's answer or an agent's frame waits for. */
function plant(ms: number): void {
  slowHandlers(ms);
  for (const [owner, name] of [
    [Redis.prototype, "sendCommand"],
    [WebSocket.prototype, "send"],
  ] as const) {
    const methods = owner as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function slow(this: unknown, ...args: unknown[]) {
      return new Promise((resolve) => setTimeout(() => resolve(original.apply(this, args)), ms));
    };
  }
}

/** Counts what the metrics do not tell: commands to Redis and spans. */
function countMore(): Map<string, number> {
  const counts = new Map<string, number>();
  const watch = (owner: object, name: string, what: string) => {
    const methods = owner as Record<string, (...args: unknown[]) => unknown>;
    const original = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function counted(this: unknown, ...args: unknown[]) {
      counts.set(what, (counts.get(what) ?? 0) + 1);
      return original.apply(this, args);
    };
  };
  watch(Redis.prototype, "sendCommand", "redis commands");
  const provider = trace.getTracerProvider() as ProxyTracerProvider;
  watch(Object.getPrototypeOf(provider.getDelegate().getTracer("bench")), "startSpan", "spans");
  return counts;
}

const COUNTED =
  /^(store_writes|events_published|events_handled|desktop_sent)_total\{[^}]*?(?:topic|collection|what)="([^"]+)"[^}]*\} (\d+)/gm;

async function metricsOf(port: number): Promise<[string, number][]> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return [...text.matchAll(COUNTED)].map(([, what = "", of, sum]) => [`${what.replace("_", " ")} ${of}`, Number(sum)]);
}

if (import.meta.main) {
  const more = countMore();
  let running: RunningService | undefined;
  offer(
    {
      async start(env: Env, slowMs: number) {
        if (slowMs > 0) plant(slowMs);
        running = await START[process.argv[2] ?? ""]?.(env);
        return { rpcAddress: running?.rpcAddress, desktopPort: (running as { desktopPort?: number } | undefined)?.desktopPort ?? 0 };
      },
      counts: async () => [...(await metricsOf(running?.healthPort ?? 0)), ...more],
    },
    async () => running?.[Symbol.asyncDispose](),
  );
}
