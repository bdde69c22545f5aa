import { unless } from "@trunkline/errors";
import { serviceScope } from "@trunkline/runtime";
import type { Platform } from "@trunkline/service";
import { type Lease, openLease } from "@trunkline/store";
import type { TelephonyConfig } from "../config.ts";
import { type ConnectorConfig, canDial, type DiallingConfig, isRouted } from "../connector-config.ts";
import type { Context } from "../context.ts";
import { accept } from "../domain/call.ts";
import type { CallKey, Exchange, Line } from "../domain/line.ts";
import { idOf } from "../facts/call-keys.ts";
import { type Arrivals, openArrivals } from "../intake/arrivals.ts";
import { ours } from "../intake/call-chains.ts";
import { type FactIntake, factIntake } from "../intake/fact-intake.ts";
import { type AmiConnection, openAmiConnection } from "./ami/connection.ts";
import { amiLine } from "./ami/line.ts";
import { queuePauses } from "./ami/queue-pauses.ts";
import { openAriConnection } from "./ari/connection.ts";
import { openEslConnection } from "./esl/connection.ts";
import { ownConnection, type Sure } from "./own-connection.ts";
import type { RoutedConnection, RoutedOptions } from "./routed/connection.ts";
import { openWebhookConnection, type WebhookConnection } from "./webhook/connection.ts";

/** Short enough for another instance to have the connection five seconds after its owner died. */
const LEASE_MS = 3_500;

/** Gives the callers who wait on an exchange to agents, for as long as the connection is here. */
export type Distribute = (exchange: Exchange, line: Line, arrivals: Arrivals) => AsyncDisposable;

/** An exchange that is away does not keep the service from starting: the connection comes when the exchange does. */
export async function openConnectors(
  leases: ReadonlyMap<string, Lease>,
  context: Context,
  { log, stack }: Pick<Platform, "log" | "stack">,
  distribute: Distribute,
): Promise<void> {
  for (const connector of context.connectors) {
    const lease = leases.get(connector.id);
    if (lease) stack.use(ownConnection(lease, (epoch, sure) => openConnection(connector, { epoch, sure }, context, distribute), log));
  }
}

/** By connector: which instance has it, under the address at which others reach that one. */
export async function openLeases(config: TelephonyConfig, { backend, instance, now }: Platform) {
  const self = config.instanceAddress || instance;
  const open = ({ id }: ConnectorConfig) =>
    openLease(backend, { service: "telephony", name: `connector/${id}`, owner: self, now, leaseMs: LEASE_MS });
  const leases: ReadonlyMap<string, Lease> = new Map(
    await Promise.all(config.connectors.map(async (connector) => [connector.id, await open(connector)] as const)),
  );
  return { leases, self, ownerOf: async (id: string) => await leases.get(id)?.owner() };
}

type Owned = { readonly epoch: number; readonly sure: Sure };

function openConnection(connector: ConnectorConfig, owned: Owned, context: Context, distribute: Distribute): AsyncDisposable {
  const { id, tenant } = connector;
  const { log, now, lines } = context;
  const stack = new AsyncDisposableStack();
  const onState = ({ state }: { readonly state: string }) => log.info({ connector: id, state }, "exchange");
  const routed = isRouted(connector);
  const exchange: Exchange = {
    id,
    tenant,
    routed,
    dialsOut: canDial(connector) && connector.dialOut !== undefined,
    epoch: owned.epoch,
  };
  const arrivals = openArrivals(now);
  const intake = stack.use(factIntake(context, exchange, arrivals));
  const shared = { onFacts: intake.handle, onState, log, now };
  const open = (line: Line) => {
    lines.set(id, line);
    stack.defer(() => void lines.delete(id));
  };
  if (!canDial(connector)) {
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
    open(amiLine(connection, connector, (key) => idOf(exchange, key)));
    return stack;
  }
  const orders = { ...shared, sure: owned.sure, accept: acceptOn(context, exchange) };
  const line = stack.use(openLine(connector, orders, intake, context));
  const { dialOut = "", callerNumber } = connector;
  const whole: Line = { ...line, tenant, dialOut, callerNumber };
  if (routed) stack.use(distribute(exchange, whole, arrivals));
  open(whole);
  return stack;
}

function openLine(
  connector: DiallingConfig,
  orders: Omit<RoutedOptions, "endpoint">,
  intake: FactIntake,
  context: Context,
): RoutedConnection & Pick<Line, "take"> {
  if (connector.kind === "ari") return openAriConnection({ ...connector, ...orders });
  if (connector.kind === "esl") return openEslConnection({ ...connector, ...orders });
  return openWebhook(connector, orders, intake, context);
}

type WebhookConfig = Extract<DiallingConfig, { kind: "webhook" }>;

function openWebhook(
  { id, tenant, url, secrets }: WebhookConfig,
  orders: Omit<RoutedOptions, "endpoint">,
  intake: FactIntake,
  { takenWebhooks, now }: Context,
): WebhookConnection {
  return openWebhookConnection({
    ...orders,
    url,
    secrets,
    onFacts: async (facts) => {
      await intake.handle(facts);
      await Promise.all(facts.map((fact) => ("callKey" in fact ? intake.stored(fact.callKey) : undefined)));
    },
    taken: {
      has: async (request) => (await takenWebhooks.find(tenant, `${id}/${request}`)) !== undefined,
      add: async (request) => void (await takenWebhooks.upsert(tenant, `${id}/${request}`, () => ({ at: now() }))),
    },
  });
}

/** Who has the call is decided in the call, before anybody is connected. */
function acceptOn({ calls, queues, now }: Context, exchange: Exchange): (key: CallKey, offerId: string) => Promise<boolean> {
  return async (key, offerId) => {
    const callId = idOf(exchange, key);
    try {
      const scope = serviceScope("telephony", exchange.tenant, callId);
      await calls.update(scope, callId, (call) =>
        accept(ours(call, exchange.epoch), offerId, now(), queues.of(exchange.tenant, call.queue).targetMs),
      );
      return true;
    } catch (error) {
      unless("offer_not_current", "call_not_found", "line_moved")(error);
      return false;
    }
  };
}
