import type { Frame } from "@trunkline/desktop-client";
import { DomainError } from "@trunkline/errors";
import { createBus } from "@trunkline/events/memory-bus";
import { serviceScope } from "@trunkline/runtime";
import { memoryBackend, type StoreBackend } from "@trunkline/store";
import { fireDue } from "@trunkline/timers";
import type { DiallingConfig } from "./connector-config.ts";
import { onAgentSessionEvent } from "./consumers/on-agent-session-event.ts";
import { onCallEvent } from "./consumers/on-call-event.ts";
import type { Context } from "./context.ts";
import { changeMode } from "./domain/agent-session.ts";
import { accept, queueCall } from "./domain/call.ts";
import { type CallQueue, unsetQueue } from "./domain/call-queue.ts";
import type { Exchange } from "./domain/line.ts";
import { type Distribution, openDistribution } from "./flows/distribute.ts";
import { callChains } from "./intake/call-chains.ts";
import type { Mailbox } from "./realtime/mailbox.ts";
import { memoryMailbox } from "./realtime/memory-mailbox.ts";
import { openStores } from "./stores/open-stores.ts";
import { timerSources } from "./timers.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
export const TENANT = "t1";
export const EXCHANGE: Exchange = { id: "pbx", tenant: TENANT, routed: true, dialsOut: true, epoch: 1 };

const CONNECTOR: DiallingConfig = {
  id: EXCHANGE.id,
  tenant: TENANT,
  kind: "ari",
  url: "http://pbx",
  user: "u",
  secret: "s",
  app: "trunkline",
  endpoint: "PJSIP/{extension}",
  dialOut: "PJSIP/{number}@trunk",
  callerNumber: "",
  dialAllow: ["+86"],
  dialPerMinute: 60,
  dialPerDay: 5_000,
  timeZone: "Asia/Shanghai",
};

/** A line on which nobody calls out. */
export const NO_CALLS_OUT = { originate: async () => undefined, callIntoQueue: async () => undefined, dialOut: "", callerNumber: "" };

/** The exchange as these tests need it: what it was ordered, what it keeps, and whether it is there. */
class FloorExchange {
  readonly orders: string[] = [];
  /** Of transfers: all that it was told. */
  readonly told: unknown[] = [];
  readonly kept = new Set<string>();
  away = false;
  /** It says no. */
  refuses = false;
  /** Whom marketing says nobody may call. */
  readonly closed = new Set<string>();

  readonly order: Context["orderLine"] = async (_, { id }, order) => {
    if (this.away) throw new DomainError("unavailable", "pbx_unavailable", "not connected");
    if (this.refuses) throw new DomainError("rule_violated", "pbx_transfer_pending", "a transfer is under way");
    this.orders.push(`${order.case === "action" ? order.value.action.case : order.case} ${id}`);
    if (order.case === "action" && order.value.action.case === "transfer") this.told.push(order.value.action.value);
    if (order.case === "record") this.kept.add(id);
  };
  /** Marketing does not answer. */
  gateAway = false;
  readonly mayCall: Context["mayCall"] = async (_, { customerId }) => {
    if (this.gateAway) throw new DomainError("unavailable", "peer_unavailable", "marketing is away");
    if (this.closed.has(customerId)) throw new DomainError("rule_violated", "contact_refused", "opted out", { rule: "opted_out" });
  };
  /** Whose number it is, by number; and whether customer is away. */
  readonly numbers = new Map<string, readonly string[]>();
  customersAway = false;
  readonly customers: Context["customers"] = {
    check: async (_, customerId) => {
      if (this.customersAway) throw new DomainError("unavailable", "peer_unavailable", "customer is away");
      if (customerId.startsWith("no-such")) throw new DomainError("not_found", "customer_not_found", "there is no such customer");
    },
    withNumber: async (_, number) => {
      if (this.customersAway) throw new DomainError("unavailable", "peer_unavailable", "customer is away");
      return this.numbers.get(number) ?? [];
    },
  };
  /** Whether it deletes recordings when it is told. */
  deletes = true;
  readonly recordings: Context["recordings"] = {
    deletes: () => this.deletes,
    read: async function* () {},
    remove: async (_, name) => {
      if (this.away) throw new DomainError("unavailable", "pbx_unavailable", "not connected");
      this.kept.delete(name);
    },
    [Symbol.dispose]: () => undefined,
  };
}

async function contextOf(backend: StoreBackend, exchange: FloorExchange, now: () => number, stack: AsyncDisposableStack): Promise<Context> {
  return {
    ...(await openStores({ backend, now, log: silent, wrapUpLimitMs: 10_000 }, stack)),
    connectors: [CONNECTOR],
    lines: new Map(),
    orderLine: exchange.order,
    recordings: exchange.recordings,
    takeWebhook: async () => ({}),
    mayCall: exchange.mayCall,
    customers: exchange.customers,
    callers: {} as Context["callers"],
    pops: {
      show: async () => undefined,
      masks: () => false,
      reveal: async () => undefined,
      frameOf: async () => Promise.reject(new Error("no frames here")),
    },
    hashNumber: (e164) => e164,
    now,
    log: silent,
  };
}

const opened = new WeakMap<Context, WeakMap<object, Distribution>>();

/** One round of this instance's distribution, until what it began is written. @returns how many wait on */
export async function distribute(context: Context, exchange: Exchange, line: Parameters<typeof openDistribution>[2]): Promise<number> {
  const lines = opened.get(context) ?? new WeakMap<object, Distribution>();
  const distribution = lines.get(line) ?? openDistribution(context, exchange, line);
  opened.set(context, lines.set(line, distribution));
  const waiting = await distribution.round();
  await distribution.settled();
  return waiting;
}

/** Telephony's stores, consumers and timers in memory, with a bus and a clock that wait for us. */
export async function openFloor(agents: readonly string[], queue: Partial<CallQueue> = {}) {
  const bus = createBus("telephony");
  const stack = new AsyncDisposableStack();
  const world = { now: 1_000_000 };
  const now = () => world.now;
  const exchange = new FloorExchange();
  const backend = memoryBackend(bus, now);
  const context = await contextOf(backend, exchange, now, stack);
  const other = await contextOf(backend, exchange, now, stack);
  const mailbox = memoryMailbox();
  bus.subscribe([onCallEvent(context, mailbox), onAgentSessionEvent(context, mailbox)]);
  await context.queues.put(TENANT, { ...unsetQueue("support", 10_000), ...queue });
  const scope = (id: string) => serviceScope("telephony", TENANT, id);
  const chains = callChains(context, scope, EXCHANGE.epoch, () => undefined);
  let hired = 0;
  const floor = {
    world,
    exchange,
    context,
    /** Another instance on the same data. */
    other,
    published: bus.published,
    /** Decisions about a call as its connection would make them. */
    tell: async (callId: string, ...steps: Parameters<typeof chains.add>[1][]) => {
      for (const step of steps) chains.add(callId, step);
      await chains.idle();
    },
    comes: (callId: string, to = "support", number = "") =>
      floor.tell(callId, {
        decide: (call) => ({ state: call, events: [] }),
        create: () => queueCall(newCallTo(callId, to, number), world.now),
      }),
    /** The agent's phone is picked up. */
    accepts: (callId: string, offerId: string) => context.calls.update(scope(callId), callId, (call) => accept(call, offerId, world.now)),
    sets: (employeeId: string, mode: "ready" | "offline") =>
      context.sessions.change(scope(employeeId), employeeId, world.now, (session) => changeMode(session, { mode, reason: "" }, world.now)),
    /** Somebody new, ready for calls. */
    hire: async (id: string) => {
      const agent = { active: true, skills: {}, roles: ["agent"], sequence: 1 };
      await context.agents.put(TENANT, id, { extension: String(1001 + hired++), ...agent });
      await floor.sets(id, "ready");
      world.now += 1;
    },
    /** What an agent's desktops were sent so far. */
    desktop: (employeeId: string) => framesOf(mailbox, employeeId),
    drain: bus.drain,
    redeliver: bus.redeliver,
    /** What is due by itself by now happens. */
    fireDue: () => fireDue(timerSources(context), now, silent),
    /** Time passes, what is due by itself happens. */
    pass: async (ms: number) => {
      world.now += ms;
      await bus.drain();
      await floor.fireDue();
      await bus.drain();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  for (const id of agents) await floor.hire(id);
  await bus.drain();
  return floor;
}

async function framesOf(mailbox: Mailbox, employeeId: string): Promise<Frame[]> {
  const box = `${TENANT}/${employeeId}`;
  const { epoch } = await mailbox.tail(box);
  return ((await mailbox.after(box, { epoch, id: "0" })) ?? []).map(({ frame }) => JSON.parse(frame) as Frame);
}

function newCallTo(id: string, queue: string, number: string): Parameters<typeof queueCall>[0] {
  return {
    id,
    connectorId: EXCHANGE.id,
    linkedid: id,
    startedAt: 1,
    queue,
    direction: "inbound",
    routed: true,
    callerNumber: number,
    numberHash: number,
    numberKind: number === "" ? "withheld" : "known",
  };
}
