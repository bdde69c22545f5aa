import { hostname } from "node:os";
import { openLease } from "@trunkline/mongo";
import type { Platform } from "@trunkline/service";
import type { ConnectorConfig, TelephonyConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { openAmiConnection } from "./ami-connection.ts";
import { factIntake } from "./fact-intake.ts";
import { ownConnection } from "./own-connection.ts";

/** Short enough for another instance to have the connection five seconds after its owner died. */
const LEASE_MS = 3_500;

/** An exchange that is away does not keep the service from starting: the connection comes when the exchange does. */
export async function openConnectors(config: TelephonyConfig, context: Context, platform: Platform): Promise<void> {
  const { backend, newId, now, log, stack } = platform;
  // No two processes serve one port of one machine: whoever comes back there goes on at once.
  const owner = config.rpcPort === 0 ? newId() : `${hostname()}:${config.rpcPort}`;
  for (const connector of config.connectors) {
    const lease = await openLease(backend, { service: "telephony", name: `connector/${connector.id}`, owner, now, leaseMs: LEASE_MS });
    stack.use(ownConnection(lease, (epoch) => openConnection(connector, epoch, context), log));
  }
}

function openConnection(connector: ConnectorConfig, epoch: number, context: Context): AsyncDisposable {
  const { id, tenant, user, secret } = connector;
  const { log, now } = context;
  const stack = new AsyncDisposableStack();
  const onState = ({ state }: { readonly state: string }) => log.info({ connector: id, state }, "exchange");
  const intake = stack.use(factIntake(context, { id, tenant, routed: connector.kind === "ari", epoch }));
  if (connector.kind === "ami") {
    const { host, port } = connector;
    stack.use(openAmiConnection({ host, port, user, secret, onFacts: intake.handle, onState, log, now }));
  }
  return stack;
}
