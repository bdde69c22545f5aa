// One service of the product in a process of its own, as in production but for the questions that the bench asks it.
import { Server, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { RunningService } from "@trunkline/service";
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

export type ServiceWorker = Worker & { readonly rpcAddress: string };

/** @param slowMs planted before every handler of the service's gRPC server and, in telephony, before every mailbox write and frame */
export async function startService(name: string, env: Env, slowMs: number): Promise<ServiceWorker> {
  const worker = startWorker(import.meta.url, name, { telemetry: true });
  return { ...worker, rpcAddress: await worker.ask<string>("start", env, slowMs) };
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

if (import.meta.main) {
  let running: RunningService | undefined;
  offer(
    {
      async start(env: Env, slowMs: number) {
        if (slowMs > 0) slowHandlers(slowMs);
        running = await START[process.argv[2] ?? ""]?.(env);
        return running?.rpcAddress;
      },
    },
    async () => running?.[Symbol.asyncDispose](),
  );
}
