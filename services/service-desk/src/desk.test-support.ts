import { create, type DescMethodUnary, type DescMessage, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { type Publication, type Subscription, type Topic, topic } from "@trunkline/events";
import { DomainError } from "@trunkline/errors";
import { memoryBackend } from "@trunkline/mongo";
import { BusinessCalendarSchema, CalendarEventSchema, EmployeeEventSchema, EmployeeProfileSchema } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { newId } from "@trunkline/runtime";
import { createHash } from "node:crypto";
import type { SendOutcome } from "./clients/survey-sender.ts";
import { subscriptions } from "./consumers/subscriptions.ts";
import type { Context } from "./context.ts";
import { numberRequests } from "./flows/number-requests.ts";
import { surveyTokens } from "./flows/survey-tokens.ts";
import { implementations } from "./rpc/implementations.ts";
import { openStores } from "./stores/open-stores.ts";
import { noHints } from "./timers/hints.ts";
import { openLease } from "./timers/lease.ts";
import { timerSources } from "./timers/sources.ts";
import { createTimers } from "./timers/timers.ts";

type Raw = Parameters<Subscription["handle"]>[0];
export type Who = { readonly id: string; readonly tenant?: string; readonly kind?: "employee" | "service" };

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The whole service in memory: its handlers, consumers and timers, with a bus that waits for drain() and a clock that waits for us. */
export async function openDesk(start: number) {
  const world = {
    now: start,
    /** Events as they went out, oldest first. */
    published: [] as { topic: string; tenant: string; id: string; n: number; type: string; payload: Uint8Array }[],
    sent: [] as { surveyId: string; customerId: string; link: string }[],
    sendOutcome: { sent: true, messageId: "m1" } as SendOutcome | "unavailable",
    calls: new Map<string, { number: string; customerId: string }>(),
  };
  const waiting: { topic: string; raw: Raw }[] = [];
  const now = () => world.now;
  const offer = ({ topic: name, tenant, id, entries }: Publication) => {
    for (const { n, type, payload, headers } of entries) {
      world.published.push({ topic: name, tenant, id, n, type, payload });
      waiting.push({ topic: name, raw: rawOf(tenant, id, n, payload, headers) });
    }
    return true;
  };
  const backend = memoryBackend({ offer }, now);
  const timers = createTimers({ lease: await openLease(backend, "timers", "test", now), hints: noHints, now, log: silent });
  const context: Context = {
    ...(await openStores(backend, timers.arm, 0)),
    sendSurvey: async (_scope, survey) => {
      if (world.sendOutcome === "unavailable") throw new DomainError("unavailable", "peer_unavailable", "marketing is away");
      world.sent.push(survey);
      return world.sendOutcome;
    },
    readCall: async (_scope, callId) => {
      const call = world.calls.get(callId);
      if (!call) throw new DomainError("not_found", "call_not_found", "there is no such call");
      return call;
    },
    surveyTokens: surveyTokens("0123456789abcdef0123456789abcdef", "https://desk.example/survey/"),
    surveyLanguage: "en",
    nudgeNumbering: () => undefined,
    now,
    newId: () => newId(now()),
    log: silent,
  };
  const sources = timerSources(context);
  const bySubscription = new Map(subscriptions(context).map((subscription) => [subscription.topic.name, subscription]));
  const methods = new Map(implementations(context).flatMap(({ methods: served }) => served.map((one) => [one.method, one] as const)));
  const deliver = async ({ topic: name, raw }: { topic: string; raw: Raw }) => bySubscription.get(name)?.handle(raw, "service-desk");
  const drain = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await deliver(next);
  };
  const publish = async <E extends DescMessage>(to: Topic<E>, tenant: string, id: string, n: number, message: MessageInitShape<E>) =>
    deliver({ topic: to.name, raw: rawOf(tenant, id, n, toBinary(to.schema, create(to.schema, message)), {}) });
  const ask = async <M extends DescMethodUnary>(method: M, request: MessageInitShape<M["input"]>, who: Who): Promise<MessageShape<M["output"]>> => {
    const served = methods.get(method);
    if (!served) throw new Error(`${method.name} is not served`);
    const message = create(method.input, request) as MessageShape<M["input"]>;
    const reply = await (served.handler as (message: unknown, call: CallContext) => Promise<never>)(message, callOf(method, message, served.audited, who));
    return create(method.output, reply) as MessageShape<M["output"]>;
  };
  return {
    world,
    context,
    ask,
    drain,
    publish,
    /** Gives every event that went out to the consumers once more, as after a crash before the commit. */
    redeliver: async () => {
      for (const { topic: name, tenant, id, n, payload } of [...world.published]) await deliver({ topic: name, raw: rawOf(tenant, id, n, payload, {}) });
      await drain();
    },
    number: () => numberRequests(context),
    /** Moves the clock and fires what is due then, as the owner of the timers would. */
    pass: async (ms: number) => {
      world.now += ms;
      for (const source of Object.values(sources)) for (const due of await source.due(world.now, 500)) await source.fire(due);
    },
    addEmployee: (id: string, profile: MessageInitShape<typeof EmployeeProfileSchema> = {}, tenant = "t1") =>
      publish(topic("workforce.employee", EmployeeEventSchema, true), tenant, id, 1, changed({ employeeId: id }, { profile: create(EmployeeProfileSchema, { active: true, ...profile }) })),
    addCalendar: (id: string, calendar: MessageInitShape<typeof BusinessCalendarSchema>, tenant = "t1") =>
      publish(topic("workforce.calendar", CalendarEventSchema, true), tenant, id, 1, changed({ calendarId: id }, { calendar: create(BusinessCalendarSchema, calendar) })),
  };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

function changed<I extends object, V extends object>(id: I, value: V) {
  return { ...id, event: { case: "changed" as const, value } };
}

function rawOf(tenant: string, id: string, n: number, payload: Uint8Array, headers: Readonly<Record<string, string>>): Raw {
  return { key: `${tenant}/${id}`, value: Buffer.from(payload), headers: { sequence: String(n), ce_id: `${tenant}/${id}/${n}`, ...headers } };
}

/** As the admission of packages/rpc makes it; a field request_id of an audited call names the try. */
function callOf(method: DescMethodUnary, message: object, audited: boolean, { id, tenant = "t1", kind = "employee" }: Who): CallContext {
  const requestId = (message as { requestId?: unknown }).requestId;
  const bodyHash = createHash("sha256").update(toBinary(method.input, message as never)).digest("hex");
  return {
    tenant,
    actor: `${kind}/${id}`,
    causation: "",
    correlation: "test",
    principal: { kind, id, tenant, permissions: new Set(), expiresAt: 0 },
    deadline: Number.MAX_SAFE_INTEGER,
    signal: new AbortController().signal,
    ...(typeof requestId === "string" && requestId !== "" && audited ? { retry: { requestId, method: method.name, bodyHash } } : {}),
  };
}
