import { hostname } from "node:os";
import { isDomainError } from "@trunkline/errors";
import { type Lease, openLease } from "@trunkline/mongo";
import { serviceScope } from "@trunkline/runtime";
import type { Platform } from "@trunkline/service";
import { type ConnectorConfig, isRouted, type RoutedConfig, type TelephonyConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { accept } from "../domain/call.ts";
import { openDistributor } from "../flows/distributor.ts";
import { type AmiConnection, openAmiConnection } from "./ami-connection.ts";
import { openAriConnection } from "./ari-connection.ts";
import { ours } from "./call-chains.ts";
import { factIntake, idOf } from "./fact-intake.ts";
import type { CallKey, Exchange } from "./facts.ts";
import { ownConnection, type Sure } from "./own-connection.ts";
import { queuePauses } from "./queue-pauses.ts";
import type { RoutedConnection, RoutedOptions } from "./routed-connection.ts";

/** Short enough for another instance to have the connection five seconds after its owner died. */
const LEASE_MS = 3_500;

/** An exchange that is away does not keep the service from starting: the connection comes when the exchange does. */
export async function openConnectors(leases: ReadonlyMap<string, Lease>, context: Context, { log, stack }: Platform): Promise<void> {
  for (const connector of context.connectors) {
    const lease = leases.get(connector.id);
    if (lease) stack.use(ownConnection(lease, (epoch, sure) => openConnection(connector, { epoch, sure }, context), log));
  }
}

/** By connector: which instance has it. */
export async function openLeases(config: TelephonyConfig, { backend, newId, now }: Platform): Promise<ReadonlyMap<string, Lease>> {
  // No two processes serve one port of one machine: whoever comes back there goes on at once.
  const owner = config.instanceAddress || (config.rpcPort === 0 ? newId() : `${hostname()}:${config.rpcPort}`);
  const open = ({ id }: ConnectorConfig) =>
    openLease(backend, { service: "telephony", name: `connector/${id}`, owner, now, leaseMs: LEASE_MS });
  return new Map(await Promise.all(config.connectors.map(async (connector) => [connector.id, await open(connector)] as const)));
}

type Owned = { readonly epoch: number; readonly sure: Sure };

function openConnection(connector: ConnectorConfig, owned: Owned, context: Context): AsyncDisposable {
  const { id, tenant } = connector;
  const { log, now, lines } = context;
  const stack = new AsyncDisposableStack();
  const onState = ({ state }: { readonly state: string }) => log.info({ connector: id, state }, "exchange");
  const exchange: Exchange = { id, tenant, routed: isRouted(connector), epoch: owned.epoch };
  const intake = stack.use(factIntake(context, exchange));
  const shared = { onFacts: intake.handle, onState, log, now };
  if (!isRouted(connector)) {
    const connection: AmiConnection = openAmiConnection({
      ...connector,
      ...shared,
      onFacts: (facts) => {
        pauses.take(facts);
        return intake.handle(facts);
      },
    });
    const pauses = queuePauses(context, exchange, (action) => connection.action(action));
    // The connection first: what comes until it is closed still goes somewhere.
    stack.use(pauses);
    stack.use(connection);
    return stack;
  }
  const line = stack.use(openRouted(connector, { ...shared, sure: owned.sure, accept: acceptOn(context, exchange) }));
  const distributor = stack.use(openDistributor(context, exchange, line));
  const { dialOut = "", callerNumber } = connector;
  lines.set(id, { ...line, tenant, dialOut, callerNumber, nudge: distributor.nudge });
  stack.defer(() => void lines.delete(id));
  return stack;
}

function openRouted(connector: RoutedConfig, shared: Omit<RoutedOptions, "endpoint">): RoutedConnection {
  return openAriConnection({ ...connector, ...shared });
}

const NOT_CURRENT = new Set(["offer_not_current", "call_not_found", "line_moved"]);

/** Who has the call is decided in the call, before anybody is connected. */
function acceptOn({ calls, now }: Context, exchange: Exchange): (key: CallKey, offerId: string) => Promise<boolean> {
  return async (key, offerId) => {
    const callId = idOf(exchange, key);
    try {
      const scope = serviceScope("telephony", exchange.tenant, callId);
      await calls.update(scope, callId, (call) => accept(ours(call, exchange.epoch), offerId, now()));
      return true;
    } catch (error) {
      if (isDomainError(error) && NOT_CURRENT.has(error.code)) return false;
      throw error;
    }
  };
}
