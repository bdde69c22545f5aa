import type { DescMessage, DescService, MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTokenSigner, createTokenVerifier, generateKeys } from "@trunkline/auth";
import { createRelay, outboxEntry, type Topic, topic } from "@trunkline/events";
import { connectKafka } from "@trunkline/events/kafka";
import { CustomerService } from "@trunkline/proto/customer";
import { MessageService } from "@trunkline/proto/marketing";
import { CallbackTaskService, RequestQueueService, RequestService, SurveyService, WorkOrderService } from "@trunkline/proto/service-desk";
import { CallEventSchema, CallService } from "@trunkline/proto/telephony";
import { CalendarEventSchema, EmployeeEventSchema } from "@trunkline/proto/workforce";
import { createClient, type Implementation, implement, serveRpc } from "@trunkline/rpc";
import { backOff, createLogger } from "@trunkline/runtime";
import { connectMongo } from "@trunkline/store/mongo";
import type { ServiceDeskConfig } from "./config.ts";
import { configSchema } from "./config.ts";
import { type ServiceDesk, startServiceDesk } from "./service.ts";

const { KAFKA_BROKERS = "", MONGO_URL = "", REDIS_URL = "" } = process.env;
const run = `sd_${process.pid}_${Math.round(performance.now())}`;
const log = createLogger("service-desk-int", "silent");
const PHONE = "+8613900000001";
const sent: { requestId: string; link: string }[] = [];

const allDay = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, spans: [{ from: "00:00", to: "24:00" }] }));
const unused = async () => ({});

/** Telephony, customer and marketing, as far as this service asks them. */
const peers: Implementation[] = [
  implement(
    CallService,
    {},
    {
      getCall: async (_context, { callId }) => ({ call: { callId, callerNumber: PHONE, customerId: "c7" } }),
      listCalls: unused,
      linkCaller: unused,
      finishWrapUp: unused,
      extendWrapUp: unused,
    },
  ),
  implement(
    CustomerService,
    {},
    {
      createCustomer: unused,
      changeCustomer: unused,
      findDuplicates: unused,
      getCustomer: async (_context, { customerId }) => ({ customer: { customerId } }),
      identifyCaller: unused,
      searchCustomers: unused,
      listContacts: unused,
    },
  ),
  implement(
    MessageService,
    {},
    {
      sendMessage: async (_context, { requestId, variables }) => {
        sent.push({ requestId, link: variables["link"] ?? "" });
        return { message: { messageId: `message-${requestId}`, state: "queued" } };
      },
      getMessage: unused,
    },
  ),
];

let stack: AsyncDisposableStack;
let desks: ServiceDesk[];
let carrier: () => Promise<string>;
let token: (id: string, ...roles: string[]) => Promise<string>;
let publish: <E extends DescMessage>(to: Topic<E>, id: string, message: MessageInitShape<E>) => void;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const { privateKeys, trusted } = await generateKeys(["workforce", "service-desk", "gateway"]);
  const signer = await createTokenSigner("workforce", privateKeys["workforce"] as never);
  token = (subject, ...roles) => signer({ subject, tenant: "t1", roles, ttlMs: 600_000, now: Date.now() });
  const gateway = await createTokenSigner("gateway", privateKeys["gateway"] as never);
  carrier = () => gateway({ subject: "gateway", ttlMs: 600_000, now: Date.now() });
  const mongo = stack.use(await connectMongo(MONGO_URL, run));
  stack.defer(async () => void (await mongo.connection.dropDatabase()));
  const now = () => Date.now();
  const peer = stack.use(
    await serveRpc({
      host: "127.0.0.1",
      port: 0,
      services: peers,
      verifyToken: createTokenVerifier(trusted),
      checkSession: () => undefined,
      log,
      now,
      audit: async () => undefined,
    }),
  );
  const transport = connectKafka(KAFKA_BROKERS, "int", log, `${run}.`);
  const sources = [
    topic("workforce.employee", EmployeeEventSchema, true),
    topic("workforce.calendar", CalendarEventSchema, true),
    topic("telephony.call", CallEventSchema),
  ];
  await transport.ensureTopics(sources);
  const relay = stack.use(await createRelay(transport));
  publish = (to, id, message) => {
    const scope = { tenant: "t1", actor: "service/int", causation: "", correlation: "" };
    const entries = [outboxEntry(to, scope, { n: 1, at: Date.now(), message })];
    relay.offer({ source: "int", topic: to.name, tenant: "t1", id, entries, published: () => undefined });
  };
  const config: ServiceDeskConfig = configSchema.parse({
    mongoUrl: MONGO_URL,
    mongoDatabase: run,
    kafkaBrokers: KAFKA_BROKERS,
    topicPrefix: `${run}.`,
    rpcHost: "127.0.0.1",
    redisUrl: REDIS_URL,
    serviceKey: JSON.stringify(privateKeys["service-desk"]),
    trustedKeys: JSON.stringify(trusted),
    logLevel: "silent",
    customerAddress: peer.address,
    telephonyAddress: peer.address,
    workforceAddress: peer.address,
    marketingAddress: peer.address,
    surveySecret: "s".repeat(32),
    surveyLinkBase: "https://desk.example/survey/",
  });
  desks = [stack.use(await startServiceDesk(config, { now })), stack.use(await startServiceDesk(config, { now }))];
  publish(sources[1] as Topic<typeof CalendarEventSchema>, "always", {
    event: { case: "changed", value: { calendar: { calendarId: "always", timeZone: "Asia/Shanghai", holidays: "none", week: allDay } } },
  });
  const employee = (id: string, profile: object) =>
    publish(sources[0] as Topic<typeof EmployeeEventSchema>, id, {
      event: { case: "changed", value: { profile: { active: true, calendarId: "always", ...profile } } },
    });
  for (const id of ["lead", "manager"]) employee(id, { roles: ["supervisor"] });
  for (const [id, level] of [
    ["e1", 5],
    ["e2", 4],
    ["e3", 3],
  ] as const) {
    employee(id, {
      roles: ["engineer"],
      skills: [{ skill: "chiller", level }],
      territories: ["31"],
      dailyCapacity: 2,
      base: { latitude: 31.2, longitude: 121.4 },
    });
  }
}, 120_000);
afterAll(() => stack.disposeAsync(), 60_000);

/** A client of one of the two instances, as a person with a role. */
async function as<S extends DescService>(service: S, who: string, role: string, instance = 0) {
  const bearer = await token(who, role);
  const address = desks[instance]?.rpcAddress ?? "";
  return stack.use(createClient(service, { address, token: carrier, userToken: async () => bearer, deadlineMs: 20_000 }));
}

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never seen: ${what}`);
    await backOff(1, 50, 50);
  }
}

async function queueOf(queueId: string, limitMs: bigint): Promise<void> {
  const queues = await as(RequestQueueService, "lead", "supervisor");
  const ladder = [
    { level: 1, limitMs, ownerId: "lead" },
    { level: 2, limitMs, ownerId: "manager" },
  ];
  await queues.putRequestQueue({ queue: { queueId, name: queueId, ownerId: "lead", calendarId: "always", ladder } });
}
const repair = (queueId: string, customerId = "c1") => ({ type: "repair", subject: "The pump leaks", queueId, customerId });

describe("two instances of the service on real engines", () => {
  it("escalate a request within a second of its limit, once, and have it numbered", async () => {
    await queueOf("fast", 1_500n);
    const requests = await as(RequestService, "lead", "agent", 1);
    const { request } = await requests.openRequest(repair("fast"));
    const requestId = request?.requestId ?? "";
    const escalated = await until("the escalation", async () => {
      const found = (await requests.getRequest({ requestId })).request;
      return found?.level === 2 && found.number !== "" && found;
    });
    expect(escalated).toMatchObject({ ownerId: "manager", state: "new" });
    expect(escalated.history.filter(({ what }) => what === "escalated")).toHaveLength(1);
    // By the desk's own account: how soon the test heard of it is the machine's.
    const step = escalated.history.find(({ what }) => what === "escalated");
    const openedAt = request?.openedAt ? timestampMs(request.openedAt) : 0;
    expect(step?.at ? timestampMs(step.at) - openedAt : 0).toBeGreaterThanOrEqual(1_500);
  });

  it("number requests opened on both without gap or double", async () => {
    await queueOf("slow", 3_600_000n);
    const both = [await as(RequestService, "lead", "agent", 0), await as(RequestService, "lead", "agent", 1)];
    await Promise.all(Array.from({ length: 12 }, (_, n) => both[n % 2]?.openRequest(repair("slow"))));
    const numbers = await until("the numbers", async () => {
      const all = (await both[0]?.listRequests({ pageSize: 200 }))?.requests.map(({ number }) => number) ?? [];
      return !all.includes("") && all;
    });
    const expected = numbers.map((_, n) => `${new Date().getFullYear()}-${String(n + 1).padStart(6, "0")}`);
    expect([...numbers].sort()).toEqual(expected);
  });

  it("dispatch in parallel and never fill a day beyond its capacity", async () => {
    const requests = await as(RequestService, "lead", "agent");
    const dispatchers = [await as(WorkOrderService, "lead", "agent", 0), await as(WorkOrderService, "lead", "agent", 1)];
    const { request } = await requests.openRequest(repair("slow", ""));
    const from = Math.ceil(Date.now() / 86_400_000 + 1) * 86_400_000;
    const visit = {
      serviceRequestId: request?.requestId ?? "",
      requiredSkills: ["chiller"],
      regionCode: "310104",
      latitude: 31.2,
      longitude: 121.4,
      windowFrom: timestampFromMs(from),
      windowTo: timestampFromMs(from + 3_600_000),
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => dispatchers[n % 2]?.dispatchWorkOrder(visit)));
    const taken = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value?.workOrder?.engineerId ?? ""] : []));
    expect(taken.sort()).toEqual(["e1", "e1", "e2", "e2", "e3", "e3"]);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [(outcome.reason as { code: string }).code] : []));
    expect(reasons).toEqual(["no_engineer_qualifies", "no_engineer_qualifies", "no_engineer_qualifies"]);
  });

  it("ask the customer of a resolved request, and open a complaint on two of five", async () => {
    const requests = await as(RequestService, "lead", "agent");
    const { request } = await requests.openRequest(repair("slow"));
    const requestId = request?.requestId ?? "";
    await requests.resolveRequest({ requestId, resolution: "done" });
    const { link } = await until("the survey", async () => sent[0]);
    const anybody = stack.use(createClient(SurveyService, { address: desks[0]?.rpcAddress ?? "", token: undefined, deadlineMs: 60_000 }));
    const surveyToken = link.slice("https://desk.example/survey/".length);
    expect((await anybody.showSurvey({ token: surveyToken })).state).toBe("open");
    await anybody.answerSurvey({ token: surveyToken, score: 2, comment: "again" });
    const complaint = await until("the complaint", async () =>
      (await requests.listRequests({ customerId: "c1" })).requests.find(({ type }) => type === "complaint"),
    );
    expect(complaint.relatedRequestIds).toEqual([requestId]);
    await until("the link back", async () =>
      (await requests.getRequest({ requestId })).request?.relatedRequestIds.includes(complaint.requestId),
    );
    await expect(anybody.showSurvey({ token: "x".repeat(40) })).rejects.toMatchObject({ kind: "not_found", code: "survey_token_invalid" });
  });

  it("turn abandoned calls of one number into one callback task", async () => {
    const tasks = await as(CallbackTaskService, "lead", "agent");
    for (const callId of ["call-a", "call-b"])
      publish(topic("telephony.call", CallEventSchema), callId, { callId, event: { case: "abandoned", value: { waitMs: 1n } } });
    const task = await until("the task", async () =>
      (await tasks.listCallbackTasks({ state: "open" })).callbackTasks.find(({ callIds }) => callIds.length === 2),
    );
    expect(task).toMatchObject({ number: PHONE, customerId: "c7", reason: "abandoned" });
  });

  it("refuse who has no permission, and what is not valid", async () => {
    const engineer = await as(RequestService, "e1", "engineer");
    await expect(engineer.openRequest(repair("slow"))).rejects.toMatchObject({ code: "permission_denied" });
    const agent = await as(RequestService, "lead", "agent");
    await expect(agent.openRequest({ ...repair("slow"), type: "wish" })).rejects.toMatchObject({ kind: "invalid", code: "field_invalid" });
  });
});
