import type { DemoTenant } from "../seed/demo-data.ts";
import { EXCHANGE_QUEUE, someResult } from "../seed/demo-floor.ts";
import type { Api } from "../system/api.ts";
import type { AgentAtWork } from "./play-calls.ts";
import { eventually, must, type Steps } from "./steps.ts";
import type { World } from "./world.ts";

/** Everything that the main loop needs, and what it counts on the way. */
export type Stage = {
  readonly steps: Steps;
  readonly tenant: DemoTenant;
  readonly world: World;
  readonly gatewayUrl: string;
  readonly agents: ReadonlyMap<string, AgentAtWork>;
  logIn(login: string): Promise<Api>;
  /** Adds to what the figures must show. */
  count(figure: string, n?: number): void;
};

type Request = {
  requestId: string;
  state: string;
  level: number;
  ownerId: string;
  history: { what: string; reason: string; level: number }[];
  relatedRequestIds: string[];
  type: string;
};
type Candidate = { employeeId: string; passed: boolean; score: number; rules: { rule: string; passed: boolean }[]; factors: unknown[] };
type WorkOrder = {
  workOrderId: string;
  state: string;
  windowFrom: string;
  engineerId: string;
  candidates: Candidate[];
  tieBrokenBy: string;
  parts: unknown[];
  labour: unknown[];
};
type Survey = { surveyId: string; state: string; score: number; caseRequestId: string };

/** The one call from ring to report: each step ends only when what it says has truly happened. */
export async function playMainLoop(stage: Stage): Promise<void> {
  const earlier = new Set(await surveyLinks(stage.world));
  const call = await ringAndAnswer(stage);
  const requestId = await openRequest(stage, call);
  await climbLadder(stage, requestId);
  await visit(stage, requestId);
  await survey(stage, requestId, earlier);
  await missedCall(stage);
}

async function ringAndAnswer({ steps, tenant, world, agents, count }: Stage): Promise<{ callId: string; customerId: string; api: Api }> {
  const [extension, caller] = ["1001", tenant.callers[0]];
  const agent = agents.get(extension);
  let [callId, customerId] = ["", ""];
  await steps.run("a customer rings; the pop is there while the phone rings", async () => {
    must(agent !== undefined && caller !== undefined, "the demo data are not complete");
    await eventually(
      "assets on the customer's record",
      () => assetsOf(tenant, caller?.phone ?? ""),
      (count) => count > 0,
    );
    const dialled = performance.now();
    const line = await world.placeCall(tenant.tenant, (caller?.phone ?? "").replace("+86", ""));
    await line.ring(extension);
    const pop = await agent?.desktop.next("the pop", ({ type, revision }) => type === "pop" && revision === 1);
    const placed = performance.now();
    const ms = Math.round(placed - dialled);
    must(pop?.caller?.certainty === "sure", "the caller was not recognised");
    callId = pop?.callId ?? "";
    customerId = pop?.caller?.matches[0]?.customerId ?? "";
    must(customerId === caller?.customerId, "the pop shows another customer");
    const owned = pop?.caller?.matches[0]?.assets ?? [];
    must(
      owned.some(({ product, serial, warrantyUntil }) => product && serial && warrantyUntil),
      "the pop does not show what the customer owns",
    );
    const others = [...agents.values()].filter(
      (one) => one !== agent && one.desktop.frames.some((frame) => frame.type === "pop" && frame.callId === callId),
    );
    must(others.length === 0, "the pop reached an agent whose phone does not ring");
    await line.answer(extension);
    const answered = performance.now();
    await agent?.desktop.next("the answered call", (frame) => frame.callId === callId && frame.state === "talking");
    await line.hold();
    await line.unhold();
    await line.hangUp("caller");
    await agent?.desktop.next("the end of the call", (frame) => frame.callId === callId && frame.state === "ended");
    if (agent) {
      const disposition = await someResult(agent.api, EXCHANGE_QUEUE, "repair");
      await agent.api.call("telephony.v1.CallService/FinishWrapUp", { callId, disposition });
    }
    for (const figure of ["calls_offered", "calls_answered", "answered_in_time", "pops_shown"]) count(figure);
    count("handle_ms", performance.now() - answered);
    count("answered_wait_ms", answered - placed);
    return `shown ${ms} ms after the ring, at extension ${extension} only, as ${pop?.caller?.matches[0]?.name ?? ""}, who owns ${owned.map(({ product }) => product).join(", ")}`;
  });
  return { callId, customerId, api: agent?.api as Api };
}

/** How many assets a pop for this number would show. */
async function assetsOf({ admin }: DemoTenant, number: string): Promise<number> {
  const { matches } = await admin.call<{ matches: { assetCount?: number }[] }>("customer.v1.CustomerService/IdentifyCaller", { number });
  return matches[0]?.assetCount ?? 0;
}

async function openRequest(
  { steps, count }: Stage,
  { callId, customerId, api }: { callId: string; customerId: string; api: Api },
): Promise<string> {
  let requestId = "";
  await steps.run("the agent opens a repair request from the pop", async () => {
    const body = {
      requestId: crypto.randomUUID(),
      type: "repair",
      priority: "high",
      subject: "空调不制冷",
      description: "客厅空调开机后不制冷",
      queueId: "repair",
      customerId,
      callId,
    };
    const { request } = await api.call<{ request: Request & { targets: { target: string; dueAt: string }[] } }>(
      "service_desk.v1.RequestService/OpenRequest",
      body,
    );
    requestId = request.requestId;
    must(request.ownerId !== "", "nobody is responsible");
    must(request.targets.length === 2, "the targets were not started");
    const repeated = await api.call<{ request: Request }>("service_desk.v1.RequestService/OpenRequest", body);
    must(repeated.request.requestId === requestId, "the same request_id opened a second request");
    count("requests_opened");
    return `owner ${request.ownerId.slice(0, 8)}, ${request.targets.map(({ target, dueAt }) => `${target} due ${dueAt}`).join(", ")}`;
  });
  return requestId;
}

async function climbLadder({ steps, tenant, agents, count }: Stage, requestId: string): Promise<void> {
  await steps.run("nobody acts: the ladder hands it to level 2", async () => {
    const api = agents.get("1001")?.api as Api;
    const read = async () => (await api.call<{ request: Request }>("service_desk.v1.RequestService/GetRequest", { requestId })).request;
    const request = await eventually("level 2", read, ({ level }) => level === 2);
    must(request.ownerId === tenant.supervisor.employeeId, "level 2 belongs to somebody else");
    const entry = request.history.find(({ what }) => what === "escalated");
    must(entry?.reason === "no_action_in_time", "the history does not say why");
    count("requests_escalated");
    return `owner is the supervisor, reason ${entry?.reason ?? ""}`;
  });
}

async function visit({ steps, tenant, agents, logIn, count }: Stage, requestId: string): Promise<void> {
  let order: WorkOrder | undefined;
  await steps.run("a work order goes to the best engineer", async () => {
    const api = agents.get("1001")?.api as Api;
    // A day without visits, also when this is not the first demo: what a day holds already counts in an engineer's points.
    const { workOrders } = await api.call<{ workOrders: WorkOrder[] }>("service_desk.v1.WorkOrderService/ListWorkOrders", {
      pageSize: 200,
    });
    const from = Math.max(Date.now(), ...workOrders.map(({ windowFrom }) => Date.parse(windowFrom))) + 24 * 3_600_000;
    const window = { windowFrom: new Date(from).toISOString(), windowTo: new Date(from + 2 * 3_600_000).toISOString() };
    const body = {
      requestId: crypto.randomUUID(),
      serviceRequestId: requestId,
      requiredSkills: ["air_conditioner"],
      regionCode: "110105",
      latitude: 39.92,
      longitude: 116.46,
      ...window,
    };
    order = (await api.call<{ workOrder: WorkOrder }>("service_desk.v1.WorkOrderService/DispatchWorkOrder", body)).workOrder;
    checkCandidates(order, tenant);
    count("work_orders_dispatched");
    const winner = order.candidates[0];
    return `${order.candidates.length} candidates, ${order.candidates.filter(({ passed }) => passed).length} passed, winner ${winner?.score.toFixed(1)} points${order.tieBrokenBy ? `, tie broken by ${order.tieBrokenBy}` : ""}`;
  });
  await steps.run("the engineer accepts, starts, logs a part and labour, completes with a signature", async () => {
    const engineer = tenant.engineers.find(({ employeeId }) => employeeId === order?.engineerId);
    const api = await logIn(engineer?.login ?? "");
    const workOrderId = order?.workOrderId ?? "";
    const say = (method: string, body: object) =>
      api.call<{ workOrder: WorkOrder }>(`service_desk.v1.WorkOrderService/${method}`, { workOrderId, ...body });
    await say("AcceptWorkOrder", {});
    await say("StartWorkOrder", {});
    await say("LogPart", { requestId: crypto.randomUUID(), part: { partNumber: "AC-CAP-35UF", quantity: 1 } });
    await say("LogLabour", { requestId: crypto.randomUUID(), labour: { kind: "work", minutes: 45 } });
    const { workOrder } = await say("CompleteWorkOrder", {
      signature: { signer: "王伟", image: SIGNATURE, signedAt: new Date().toISOString() },
      summary: "更换电容",
      resolveRequest: true,
    });
    must(
      workOrder.state === "closed_complete" && workOrder.parts.length === 1 && workOrder.labour.length === 1,
      "the work order is not complete",
    );
    const desk = agents.get("1001")?.api as Api;
    await eventually(
      "the request resolved",
      async () => (await desk.call<{ request: Request }>("service_desk.v1.RequestService/GetRequest", { requestId })).request,
      ({ state }) => state === "resolved",
    );
    count("work_orders_completed");
    count("requests_resolved");
    return `by ${engineer?.login ?? ""}; the request is resolved`;
  });
}

const HARD_RULES = ["active", "skill", "territory", "working_hours", "capacity"];

function checkCandidates(order: WorkOrder, tenant: DemoTenant): void {
  must(order.candidates.length >= 20, `only ${order.candidates.length} candidates were kept`);
  for (const rule of HARD_RULES) {
    must(
      order.candidates.some((candidate) => candidate.rules.some((result) => result.rule === rule && !result.passed)),
      `nobody fails the rule ${rule}`,
    );
  }
  must(order.engineerId !== tenant.engineers[0]?.employeeId, "the winner is simply the first of the list");
  must(order.engineerId === order.candidates[0]?.employeeId, "the winner is not the first of the ranking");
  const tie = order.candidates.filter(({ passed }) => passed).map(({ score }) => score);
  must(new Set(tie).size < tie.length, "no two candidates have equal points");
}

async function surveyLinks(world: World): Promise<string[]> {
  return (await world.sms()).flatMap(({ text }) => /https?:\/\/[^\s]+\/s\/[\w.~-]+/.exec(text)?.[0] ?? []);
}

async function survey({ steps, world, gatewayUrl, agents, count }: Stage, requestId: string, earlier: ReadonlySet<string>): Promise<void> {
  const api = agents.get("1001")?.api as Api;
  await steps.run("the survey goes out by SMS through the policy gate; the customer gives 2 of 5", async () => {
    const [url = ""] = await eventually(
      "the SMS with the link",
      async () => (await surveyLinks(world)).filter((link) => !earlier.has(link)),
      (links) => links.length > 0,
    );
    must(url.startsWith(gatewayUrl), `the link ${url} leads elsewhere`);
    const page = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    must(page.ok && (await page.text()).includes('name="score"'), `the page says ${page.status}`);
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ score: "2", comment: "来晚了" }),
      signal: AbortSignal.timeout(10_000),
    });
    must(answer.ok, `the answer was refused: ${answer.status}`);
    for (const figure of ["surveys_answered", "messages", "messages_delivered"]) count(figure);
    count("survey_score_sum", 2);
    return "answered on the public page";
  });
  await steps.run("the low score opens a complaint by itself, linked both ways", async () => {
    const read = async () => (await api.call<{ request: Request }>("service_desk.v1.RequestService/GetRequest", { requestId })).request;
    const request = await eventually("the link to the complaint", read, ({ relatedRequestIds }) => relatedRequestIds.length > 0);
    const complaintId = request.relatedRequestIds[0] ?? "";
    const { request: complaint } = await api.call<{ request: Request }>("service_desk.v1.RequestService/GetRequest", {
      requestId: complaintId,
    });
    must(complaint.type === "complaint" && complaint.relatedRequestIds.includes(requestId), "the complaint is not linked back");
    const { surveys } = await api.call<{ surveys: Survey[] }>("service_desk.v1.SurveyService/ListSurveys", { requestId });
    must(surveys.length === 1 && surveys[0]?.caseRequestId === complaintId, "the survey does not name its case");
    await api.call("service_desk.v1.RequestService/AcceptRequest", { requestId: complaintId }).catch(() => undefined);
    count("requests_opened");
    count("complaints_opened");
    return `complaint ${complaintId.slice(0, 8)}`;
  });
}

const MISSED_MS = 300;

async function missedCall({ steps, tenant, world, agents, count }: Stage): Promise<void> {
  await steps.run("a call that nobody answers becomes a callback task", async () => {
    const api = agents.get("1001")?.api as Api;
    const caller = tenant.callers[1];
    const list = async () =>
      (
        await api.call<{ callbackTasks: { number: string; customerId: string }[] }>(
          "service_desk.v1.CallbackTaskService/ListCallbackTasks",
          { state: "open", pageSize: 200 },
        )
      ).callbackTasks;
    const before = await list();
    const line = await world.placeCall(tenant.tenant, (caller?.phone ?? "").replace("+86", ""), MISSED_MS);
    await new Promise((resolve) => setTimeout(resolve, MISSED_MS));
    await line.hangUp("caller");
    count("abandoned_wait_ms", MISSED_MS);
    if (world.external) count("pops_shown");
    const known = before.some(({ number }) => number === caller?.phone);
    const tasks = await eventually("the callback task", list, (found) => found.some(({ number }) => number === caller?.phone));
    if (!known) count("callback_tasks_opened");
    for (const figure of ["calls_offered", "calls_abandoned", "short_abandons"]) count(figure);
    return `${tasks.length} open, one for ${tasks.find(({ number }) => number === caller?.phone)?.customerId.slice(0, 8) ?? "an unknown customer"}`;
  });
}

/** The smallest PNG: one pixel. */
const SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
