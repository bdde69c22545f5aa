import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import { type Topic, topic } from "@trunkline/events";
import { createBus } from "@trunkline/events/memory-bus";
import { BusinessCalendarSchema, CalendarEventSchema, EmployeeEventSchema, EmployeeProfileSchema } from "@trunkline/proto/workforce";
import { asking } from "@trunkline/rpc/asking";
import { newId } from "@trunkline/runtime";
import { memoryBackend } from "@trunkline/store";
import { fireDue } from "@trunkline/timers";
import type { ReadCall } from "./clients/call-reader.ts";
import type { SendOutcome } from "./clients/survey-sender.ts";
import { subscriptions } from "./consumers/subscriptions.ts";
import type { Context } from "./context.ts";
import { numberRequests } from "./flows/number-requests.ts";
import { entrances } from "./service.ts";
import { openStores } from "./stores/open-stores.ts";
import { surveyTokens } from "./survey-tokens.ts";
import { timerSources } from "./timers/sources.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What is outside the service, as a test sets it: the clock, telephony's calls, marketing's answer. */
const newWorld = (now: number, bus: ReturnType<typeof createBus>) => ({
  now,
  published: bus.published,
  sent: [] as { surveyId: string; customerId: string; link: string }[],
  sendOutcome: { sent: true, messageId: "m1" } as SendOutcome | "unavailable",
  customers: "there" as "there" | "away",
  calls: new Map<string, Pick<ReadCall, "number" | "customerId"> & Partial<ReadCall>>(),
});
type World = ReturnType<typeof newWorld>;

/** The whole service in memory: its handlers, consumers and timers, with a bus and a clock that wait for us. */
export async function openDesk(start: number) {
  const bus = createBus("service-desk");
  const world = newWorld(start, bus);
  const context = await contextOf(world, bus.offer);
  const sources = timerSources(context);
  bus.subscribe(subscriptions(context));
  return {
    world,
    context,
    ask: asking(entrances(context)),
    drain: bus.drain,
    redeliver: bus.redeliver,
    /** An event of another service that happens now, if it says nothing else. */
    publish: <E extends DescMessage>(to: Topic<E>, tenant: string, id: string, n: number, message: MessageInitShape<E>) =>
      bus.publish(to, tenant, id, n, { occurredAt: timestampFromMs(world.now), ...message }),
    number: () => numberRequests(context),
    /** Moves the clock and fires what is due then, as the owner of the timers would. */
    pass: async (ms: number) => {
      world.now += ms;
      await fireDue(sources, context.now, silent);
    },
    addEmployee: (id: string, profile: MessageInitShape<typeof EmployeeProfileSchema> = {}, tenant = "t1") => {
      const value = { profile: create(EmployeeProfileSchema, { active: true, ...profile }) };
      return bus.publish(topic("workforce.employee", EmployeeEventSchema, true), tenant, id, 1, { event: { case: "changed", value } });
    },
    addCalendar: (id: string, calendar: MessageInitShape<typeof BusinessCalendarSchema>, tenant = "t1") => {
      const value = { calendar: create(BusinessCalendarSchema, calendar) };
      return bus.publish(topic("workforce.calendar", CalendarEventSchema, true), tenant, id, 1, { event: { case: "changed", value } });
    },
  };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

async function contextOf(world: World, offer: ReturnType<typeof createBus>["offer"]): Promise<Context> {
  const now = () => world.now;
  return {
    ...(await openStores(memoryBackend({ offer }, now), () => undefined, 0)),
    sendSurvey: async (_scope, survey) => {
      if (world.sendOutcome === "unavailable") throw new DomainError("unavailable", "peer_unavailable", "marketing is away");
      world.sent.push(survey);
      return world.sendOutcome;
    },
    readCall: async (_scope, callId) => {
      const call = world.calls.get(callId);
      if (!call) throw new DomainError("not_found", "call_not_found", "there is no such call");
      return { outbound: false, ...call };
    },
    checkCustomer: async (_scope, customerId) => {
      if (world.customers === "away") throw new DomainError("unavailable", "peer_unavailable", "customer is away");
      if (customerId === "nobody") throw new DomainError("not_found", "customer_not_found", "there is no such customer");
    },
    surveyTokens: surveyTokens("0123456789abcdef0123456789abcdef", "https://desk.example/survey/"),
    surveyLanguage: "en",
    nudgeNumbering: () => undefined,
    now,
    newId: () => newId(now()),
    log: silent,
  };
}
