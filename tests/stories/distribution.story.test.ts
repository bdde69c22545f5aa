import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ADMIN_LOGIN, type Api, type ApiError, type Desktop, type DesktopFrame, logIn, openDesktop, type System } from "@trunkline/dev-env";
import { eventually } from "@trunkline/runtime";
import { startStory } from "./system.ts";

const TENANT = "huaxing";
const PASSWORD = "a-password";
const DISPOSITIONS = [
  { code: "solved", name: "已解决" },
  { code: "not_given", name: "未填写" },
];

type Agent = { readonly id: string; readonly extension: string; readonly api: Api; readonly desktop: Desktop };
type Call = {
  callId: string;
  state: string;
  outcome: string;
  queuedAt: string;
  employeeId: string;
  disposition: string;
  direction: string;
};
type Offers = {
  offers: { employeeId: string; ended: string; at: string; candidates: { employeeId: string; rank: number; failed: string[] }[] }[];
};

/** Real time, moved on where a story wants a fresh minute. */
const clock = { ahead: 0, now: () => Date.now() + clock.ahead };

describe.each(["ari", "esl"] as const)("a call to a queue that we distribute, over %s", (kind) => {
  let system: System;
  let admin: Api;
  const agents: Agent[] = [];
  const exchange = () => {
    const found = system.simulators[kind].get(TENANT);
    if (!found) throw new Error(`there is no ${kind} exchange`);
    return found;
  };
  const agent = (n: number) => agents[n - 1] as Agent;

  async function hire(extension: string, level: number, role = "agent"): Promise<Agent> {
    const skills = level > 0 ? [{ skill: "lift", level }] : [];
    const profile = { active: true, roles: [role], extension, skills };
    const body = { requestId: extension, login: `agent${extension}`, name: `坐席${extension}`, password: PASSWORD, profile };
    await admin.call("workforce.v1.EmployeeService/CreateEmployee", body);
    await system.drain();
    const { api, token, employeeId } = await logIn(system.gatewayUrl, TENANT, body.login, PASSWORD);
    return { id: employeeId, extension, api, desktop: await openDesktop(system.desktopUrl, token) };
  }

  async function putQueue(queueId: string, members: readonly Agent[], more: object = {}): Promise<void> {
    const wrapUp = { mode: "mandatory", limitMs: "60000", dispositions: DISPOSITIONS, defaultDisposition: "not_given" };
    const usual = { name: queueId, strategy: "longest_idle", targetMs: "20000", offerMs: "3000", wrapUp };
    const queue = { queueId, ...usual, agents: members.map(({ id }) => ({ employeeId: id, tier: 1 })), ...more };
    await admin.call("telephony.v1.CallQueueService/PutCallQueue", { queue });
  }

  const setMode = (one: Agent, mode: string, reason = "") =>
    one.api.call("telephony.v1.AgentSessionService/ChangeMyMode", { mode, reason });
  const getCall = async (callId: string) => (await admin.call<{ call: Call }>("telephony.v1.CallService/GetCall", { callId })).call;
  const explain = async (callId: string) => (await admin.call<Offers>("telephony.v1.CallQueueService/ExplainCall", { callId })).offers;

  /** The next frame of this desktop that fits and that nobody has waited for yet. */
  const marks = new Map<Desktop, number>();
  async function next({ desktop, extension }: Agent, what: string, fits: (frame: DesktopFrame) => boolean): Promise<DesktopFrame> {
    const from = marks.get(desktop) ?? 0;
    const frame = await desktop.next(`${what} at ${extension}`, (one) => desktop.frames.indexOf(one) >= from && fits(one));
    marks.set(desktop, Math.max(marks.get(desktop) ?? 0, desktop.frames.indexOf(frame) + 1));
    return frame;
  }
  const pop = (one: Agent) => next(one, "the pop", ({ type }) => type === "pop");
  const becomes = (one: Agent, state: string) => next(one, state, (frame) => frame.type === "session" && frame.state === state);
  /** The exchange itself says so of that phone: the desktop shows a state before the order has reached the exchange. */
  const witnessed = async (extension: string, kind: "rings" | "met") => {
    const last = () =>
      exchange()
        .witness()
        .findLast((truth) => "extension" in truth && truth.extension === extension);
    await eventually(async () => last()?.kind === kind || undefined, 60_000);
    expect(last()?.kind).toBe(kind);
  };
  /** The two hear each other: until then a caller who hangs up has given up. */
  const meets = (extension: string) => witnessed(extension, "met");
  const answers = async (extension: string) => {
    await witnessed(extension, "rings");
    exchange().phone(extension).answer();
  };
  const talks = async (one: Agent) => {
    await becomes(one, "talking");
    await meets(one.extension);
  };
  const finish = async (one: Agent, callId: string, disposition = "solved") => {
    await one.api.call("telephony.v1.CallService/FinishWrapUp", { callId, disposition });
    await becomes(one, "ready");
  };

  beforeAll(async () => {
    clock.ahead = 0;
    system = await startStory(`distribution-${kind}`, clock.now, [TENANT], {
      exchanges: [kind],
      services: ["workforce", "customer", "service-desk", "telephony", "marketing", "gateway"],
      dialPerMinute: 1,
    });
    admin = (await logIn(system.gatewayUrl, TENANT, ADMIN_LOGIN, system.adminPassword)).api;
    for (const [extension, level] of [["1001", 3] as const, ["1002", 0] as const, ["1003", 1] as const]) {
      agents.push(await hire(extension, level));
    }
    await putQueue("support", [agent(1), agent(2)], { autoPauseAfter: 2 });
    for (const one of agents) {
      await setMode(one, "ready");
      await becomes(one, "ready");
    }
    while (!exchange().listening()) await admin.call("telephony.v1.CallQueueService/ListCallQueues", {});
  }, 120_000);
  afterAll(async () => {
    for (const { desktop } of agents) await desktop[Symbol.asyncDispose]();
    await system[Symbol.asyncDispose]();
  });

  it("pops at the agent who has been idle longest, and is theirs until the disposition is given", async () => {
    exchange().phone("1001").behave("rings");
    const caller = exchange().call("13900000001", "support");
    const { callId } = await pop(agent(1));
    await becomes(agent(1), "ringing");
    await answers("1001");
    await talks(agent(1));
    expect(await getCall(callId)).toMatchObject({ state: "talking", outcome: "answered", employeeId: agent(1).id });
    caller.hangUp();
    await becomes(agent(1), "wrap_up");
    const without = agent(1).api.call("telephony.v1.CallService/FinishWrapUp", { callId });
    await expect(without).rejects.toMatchObject({ code: "disposition_missing" } satisfies Partial<ApiError>);
    await finish(agent(1), callId);
    expect(await getCall(callId)).toMatchObject({ state: "ended", disposition: "solved" });
    expect(agent(2).desktop.frames.filter(({ type }) => type === "pop")).toEqual([]);
    const states = agent(1).desktop.frames.flatMap(({ type, state }) => (type === "session" && state !== "reserved" ? [state] : []));
    expect(states.filter((state, n) => state !== states[n - 1]).slice(-5)).toEqual(["ready", "ringing", "talking", "wrap_up", "ready"]);
  });

  it("goes on to the next when nobody answers, says why, and sends on break who let two calls ring", async () => {
    exchange().phone("1001").behave({ answerMs: 0 });
    const first = exchange().call("13900000002", "support");
    const { callId } = await pop(agent(2));
    expect((await pop(agent(1))).callId).toBe(callId);
    await talks(agent(1));
    const offers = await explain(callId);
    expect(offers.map(({ employeeId, ended }) => [employeeId, ended])).toEqual([
      [agent(2).id, "no_answer"],
      [agent(1).id, "answered"],
    ]);
    expect(offers[0]?.candidates).toMatchObject([
      { employeeId: agent(2).id, rank: 1 },
      { employeeId: agent(1).id, rank: 2 },
      { employeeId: agent(3).id, failed: expect.arrayContaining(["not_in_queue"]) },
    ]);
    first.hangUp();
    await becomes(agent(1), "wrap_up");
    await finish(agent(1), callId);

    exchange().phone("1002").behave({ rejectMs: 0 });
    const second = exchange().call("13900000003", "support");
    expect((await pop(agent(2))).callId).toBe((await pop(agent(1))).callId);
    expect(await next(agent(2), "break", ({ type, state }) => type === "session" && state === "break")).toMatchObject({
      reason: "auto_pause",
    });
    await talks(agent(1));
    second.hangUp();
    await becomes(agent(1), "wrap_up");
    await finish(agent(1), agent(1).desktop.frames.findLast(({ type }) => type === "pop")?.callId ?? "");
  });

  it("waits for the skill it needs, and takes a lower one when it has waited", async () => {
    const relaxations = [
      { afterMs: "1000", levels: 1 },
      { afterMs: "2000", levels: 2 },
    ];
    await putQueue("lift", [agent(3)], { skills: [{ skill: "lift", level: 3 }], relaxations });
    exchange().phone("1003").behave({ answerMs: 0 });
    const caller = exchange().call("13900000004", "lift");
    const { callId } = await pop(agent(3));
    const [offer] = await explain(callId);
    const { queuedAt } = await getCall(callId);
    expect(Date.parse(offer?.at ?? "") - Date.parse(queuedAt)).toBeGreaterThanOrEqual(2_000);
    await talks(agent(3));
    caller.hangUp();
    await becomes(agent(3), "wrap_up");
    await finish(agent(3), callId);
  });

  it("that nobody can take is let go and becomes a callback task", async () => {
    await putQueue("legal", [agent(1)], { skills: [{ skill: "law", level: 1 }], maxWaitMs: "1000", overflow: "callback" });
    const caller = exchange().call("13900000005", "legal");
    await caller.ended;
    expect(exchange().witness().at(-1)).toMatchObject({ kind: "caller_gone", caller: caller.id, by: "order" });
    await system.drain();
    const { callbackTasks } = await admin.call<{ callbackTasks: { number: string; reason: string }[] }>(
      "service_desk.v1.CallbackTaskService/ListCallbackTasks",
      {},
    );
    expect(callbackTasks).toMatchObject([{ number: "+8613900000005", reason: "missed" }]);
  });

  it("is handed on blind: the first wraps up while the second talks", async () => {
    const caller = exchange().call("13900000006", "support");
    const { callId } = await pop(agent(1));
    await talks(agent(1));
    const action = { transfer: { extension: "1003", kind: "blind" } };
    const byAnother = agent(3).api.call("telephony.v1.CallControlService/ControlCall", { callId, action });
    await expect(byAnother).rejects.toMatchObject({ code: "call_not_in_hand" });
    await agent(1).api.call("telephony.v1.CallControlService/ControlCall", { callId, action });
    expect((await pop(agent(3))).callId).toBe(callId);
    await talks(agent(3));
    expect(await getCall(callId)).toMatchObject({ state: "talking", employeeId: agent(3).id });
    caller.hangUp();
    await becomes(agent(3), "wrap_up");
    await finish(agent(3), callId);
    expect(await getCall(callId)).toMatchObject({ state: "wrap_up", disposition: "solved" });
    await finish(agent(1), callId, "not_given");
    expect(await getCall(callId)).toMatchObject({ state: "ended", disposition: "solved", wrapUps: [{}, { disposition: "not_given" }] });
  });

  it("is handed on to another queue: it waits there, and whoever is free sees from whom it comes and why", async () => {
    await putQueue("lift", [agent(3)], {});
    const caller = exchange().call("13900000026", "support");
    const { callId } = await pop(agent(1));
    await talks(agent(1));
    await setMode(agent(3), "break", "lunch");
    const transfer = (queue: string) => ({ transfer: { queue, kind: "blind", note: "电梯异响" } });
    const control = (action: object) => agent(1).api.call("telephony.v1.CallControlService/ControlCall", { callId, action });
    await expect(control(transfer("nowhere"))).rejects.toMatchObject({ code: "call_queue_not_found" });
    await control(transfer("lift"));
    await becomes(agent(1), "wrap_up");
    expect(await getCall(callId)).toMatchObject({ state: "queued", queue: "lift" });
    await setMode(agent(3), "ready");
    expect((await pop(agent(3))).callId).toBe(callId);
    await talks(agent(3));
    expect(await getCall(callId)).toMatchObject({
      state: "talking",
      employeeId: agent(3).id,
      handovers: [{ employeeId: agent(1).id, queue: "lift", note: "电梯异响" }],
    });
    await finish(agent(1), callId);
    caller.hangUp();
    await becomes(agent(3), "wrap_up");
    await finish(agent(3), callId);
  });

  it("is recorded where its queue asks for it, stands still while paused, and who hears it is written down", async () => {
    await putQueue("bank", [agent(1)], { recording: { mode: "all", keepDays: 90 } });
    const caller = exchange().call("13900000009", "bank");
    const { callId } = await pop(agent(1));
    const records = (state: string) => next(agent(1), state, (frame) => frame.type === "recording" && frame.state === state);
    await records("recording");
    const control = (action: object) => agent(1).api.call("telephony.v1.CallControlService/ControlCall", { callId, action });
    await control({ pauseRecording: {} });
    await records("paused");
    await control({ resumeRecording: {} });
    await records("recording");
    const file = (token: string) => fetch(`${system.gatewayUrl}/recordings/${callId}`, { headers: { authorization: `Bearer ${token}` } });
    const { token, employeeId } = await logIn(system.gatewayUrl, TENANT, ADMIN_LOGIN, system.adminPassword);
    expect((await file(await token())).headers.get("trunkline-code")).toBe("recording_not_kept");
    caller.hangUp();
    await becomes(agent(1), "wrap_up");
    await finish(agent(1), callId);
    expect((await file("")).status).toBe(401);
    const sound = await file(await token());
    if (kind === "ari") {
      expect([sound.status, sound.headers.get("content-type")]).toEqual([200, "audio/wav"]);
      const bytes = Buffer.from(await sound.arrayBuffer());
      expect(bytes.subarray(0, 4).toString()).toBe("RIFF");
    } else expect(sound.headers.get("trunkline-code")).toBe("recording_elsewhere");
    const kept = await admin.call("telephony.v1.RecordingService/GetRecording", { callId });
    expect(kept).toMatchObject(
      kind === "ari" ? { recording: { state: "kept" }, listens: [{ employeeId }] } : { recording: { state: "kept_elsewhere" } },
    );
    const byAgent = agent(1).api.call("telephony.v1.RecordingService/GetRecording", { callId });
    await expect(byAgent).rejects.toMatchObject({ status: 403 });
  });

  it("declined on the desktop rings at the next at once", async () => {
    exchange().phone("1001").behave("rings");
    exchange().phone("1002").behave({ answerMs: 0 });
    const caller = exchange().call("13900000010", "support");
    const { callId, offerId } = (await pop(agent(1))) as DesktopFrame & { offerId: string };
    await becomes(agent(1), "ringing");
    await setMode(agent(2), "ready");
    await agent(1).api.call("telephony.v1.CallControlService/ControlCall", { callId, action: { decline: { offerId } } });
    expect((await pop(agent(2))).callId).toBe(callId);
    await talks(agent(2));
    expect((await explain(callId)).map(({ ended }) => ended)).toEqual(["rejected", "answered"]);
    exchange().phone("1001").behave({ answerMs: 0 });
    caller.hangUp();
    await becomes(agent(2), "wrap_up");
    await finish(agent(2), callId);
  });

  it("goes to the agent who talked to the caller before, if they are free", async () => {
    await putQueue("loyal", [agent(1), agent(2)], { strategy: "top_down", preferLastAgentMs: "86400000" });
    for (const [number, who] of [
      ["13900000010", agent(2)],
      ["13900000013", agent(1)],
    ] as const) {
      const caller = exchange().call(number, "loyal");
      const { callId } = await pop(who);
      await talks(who);
      caller.hangUp();
      await becomes(who, "wrap_up");
      await finish(who, callId);
    }
  });

  it("is listened to by the supervisor, whom nobody hears and nobody sees, until it ends", async () => {
    const boss = await hire("1005", 0, "supervisor");
    agents.push(boss);
    exchange().phone("1005").behave({ answerMs: 0 });
    await setMode(agent(1), "ready");
    const caller = exchange().call("13900000015", "bank");
    const { callId } = await pop(agent(1));
    await talks(agent(1));
    const listen = ({ api }: Agent) => api.call("telephony.v1.CallControlService/ListenIn", { callId });
    await expect(listen(agent(1))).rejects.toMatchObject({ status: 403 });
    const from = exchange().witness().length;
    await listen(boss);
    const heard = await eventually(
      async () =>
        exchange()
          .listeners()
          .find(({ extension }) => extension === "1005"),
      60_000,
    );
    expect(heard).toEqual({ extension: "1005", caller: caller.id });
    expect(await getCall(callId)).toMatchObject({ state: "talking", employeeId: agent(1).id });
    caller.hangUp();
    await becomes(agent(1), "wrap_up");
    await finish(agent(1), callId);
    expect(await eventually(async () => exchange().listeners().length === 0 || undefined, 60_000)).toBe(true);
    const met = exchange()
      .witness()
      .slice(from)
      .filter(({ kind }) => kind === "met");
    expect(met).toEqual([]);
  });

  it("hides the number from a role that must not see it, until that agent has answered", async () => {
    const masked = await hire("1004", 0, "masked_agent");
    agents.push(masked);
    await putQueue("masked", [masked]);
    await setMode(masked, "ready");
    await becomes(masked, "ready");
    exchange().phone("1004").behave("rings");
    const caller = exchange().call("13900000014", "masked");
    const { callId, caller: shown } = (await pop(masked)) as DesktopFrame & { caller: { number: string } };
    const readBy = async ({ api }: Agent) =>
      (await api.call<{ call: { callerNumber: string } }>("telephony.v1.CallService/GetCall", { callId })).call.callerNumber;
    await becomes(masked, "ringing");
    expect([shown.number, await readBy(masked), await readBy(agent(1))]).toEqual(["+86139****0014", "+86139****0014", "+8613900000014"]);
    await answers("1004");
    const whole = await pop(masked);
    expect(whole).toMatchObject({ callId, revision: 3, caller: { number: "+8613900000014" } });
    expect(await readBy(masked)).toBe("+8613900000014");
    await talks(masked);
    caller.hangUp();
    await becomes(masked, "wrap_up");
    await finish(masked, callId);
    await setMode(masked, "offline");
  });

  it("is held and resumed, and handed on after a talk with the second", async () => {
    exchange().phone("1001").behave({ answerMs: 0 });
    exchange().phone("1003").behave({ answerMs: 0 });
    await putQueue("spoken", [agent(1)]);
    const caller = exchange().call("13900000016", "spoken");
    const { callId } = await pop(agent(1));
    await talks(agent(1));
    const control = (action: object) => agent(1).api.call("telephony.v1.CallControlService/ControlCall", { callId, action });
    const truths = () =>
      exchange()
        .witness()
        .flatMap((truth) => (truth.kind === "met" || truth.kind === "parted" ? [`${truth.kind} ${truth.extension}`] : []));
    const shows = (state: string) => next(agent(1), state, (frame) => frame.type === "call" && frame.state === state);
    await control({ hold: {} });
    await shows("held");
    expect(truths().at(-1)).toBe("parted 1001");
    await control({ resume: {} });
    await shows("talking");
    expect(truths().at(-1)).toBe("met 1001");
    const consult = async () => {
      await control({ transfer: { extension: "1003", kind: "attended" } });
      expect((await pop(agent(3))).callId).toBe(callId);
      await becomes(agent(3), "talking");
      await shows("held");
    };
    await consult();
    // Ends the consultation and not the caller's line.
    await control({ hangUp: {} });
    await shows("talking");
    expect(truths().at(-1)).toBe("met 1001");
    await consult();
    exchange().phone("1001").hangUp();
    await becomes(agent(1), "wrap_up");
    await meets("1003");
    const handedOn = async () => (await getCall(callId)).employeeId === agent(3).id || undefined;
    expect(await eventually(handedOn, 60_000)).toBe(true);
    expect(await getCall(callId)).toMatchObject({ state: "talking", employeeId: agent(3).id });
    expect(truths().at(-1)).toBe("met 1003");
    await finish(agent(1), callId);
    caller.hangUp();
    await becomes(agent(3), "wrap_up");
    await finish(agent(3), callId);
  });

  it("the other way round is dialled once, to allowed numbers and people only, and not more often than the cap says", async () => {
    // A fresh minute, so that the cap of one call counts from here.
    clock.ahead += 60_000 - (clock.now() % 60_000);
    const place = (number: string, requestId: string, customerId = "", who = agent(1)) =>
      who.api.call<{ call: Call }>("telephony.v1.CallControlService/PlaceCall", { number, requestId, customerId });
    const policy = "marketing.v1.ContactPolicyService";
    const [closed, called] = await Promise.all(
      [
        ["不要", "139 0000 0009"],
        ["王伟", "139 0000 0007"],
      ].map(async ([name, phone]) => {
        const body = { kind: "CUSTOMER_KIND_PERSON", name, phones: [phone] };
        type Made = { customer: { customerId: string } };
        return (await agent(1).api.call<Made>("customer.v1.CustomerService/CreateCustomer", body)).customer.customerId;
      }),
    );
    const no = { customerId: closed, channel: "CHANNEL_CALL", purpose: "PURPOSE_SERVICE", proof: "agent" };
    await agent(1).api.call(`${policy}/OptOut`, no);
    // Named, or by their number alone, or under somebody else's name.
    for (const [number, id] of [
      ["139 0000 0007", closed],
      ["139 0000 0009", ""],
      ["139 0000 0009", called],
    ] as const)
      await expect(place(number, `forbidden ${number} ${id}`, id)).rejects.toMatchObject({ code: "contact_refused" });
    await expect(place("139 0000 0007", "stranger", "no-such-customer")).rejects.toMatchObject({ code: "customer_not_found" });
    await expect(place("+442079460958", "abroad")).rejects.toMatchObject({ code: "destination_not_allowed" });
    const { call } = await place("139 0000 0007", "once", called);
    expect(call).toMatchObject({ direction: "outbound", employeeId: agent(1).id });
    expect((await place("139 0000 0007", "once", called)).call.callId).toBe(call.callId);
    const { permission } = await agent(1).api.call<{ permission: object }>(`${policy}/GetContactPermission`, { customerId: called });
    const contact = { contactId: call.callId, channel: "CHANNEL_CALL", purpose: "PURPOSE_SERVICE" };
    expect(permission).toMatchObject({ recent: expect.arrayContaining([expect.objectContaining(contact)]) });
    await expect(place("139 0000 0008", "again")).rejects.toMatchObject({ code: "agent_not_free" });
    await expect(place("139 0000 0008", "again", "", agent(2))).rejects.toMatchObject({ code: "dial_cap_reached" });
    await talks(agent(1));
    // A cut of the connection does not end it, and the exchange knows it by the id that we chose.
    exchange().cut()();
    const control = (action: object) => agent(1).api.call("telephony.v1.CallControlService/ControlCall", { callId: call.callId, action });
    const whenBack = () => control({ hold: {} }).catch(() => undefined);
    expect(await eventually(whenBack, 60_000)).toBeDefined();
    await next(agent(1), "held", ({ type, state }) => type === "call" && state === "held");
    await control({ hangUp: {} });
    await becomes(agent(1), "wrap_up");
    await finish(agent(1), call.callId);
    const rang = exchange()
      .witness()
      .flatMap((truth) => (truth.kind === "rings" ? [truth.extension] : []));
    expect(rang.filter((number) => number.startsWith("+"))).toEqual(["+8613900000007"]);
  });

  it.each(["agent", "customer"])("is made later, at the caller's turn, where the caller asks for it: the %s first", async (first) => {
    clock.ahead += 60_000;
    const callback = { first, key: "1", attempts: 2, gapMs: "60000" };
    await putQueue("patient", [agent(1)], { callback });
    await setMode(agent(1), "break", "lunch");
    await becomes(agent(1), "break");
    const number = first === "agent" ? "13900000011" : "13900000012";
    const caller = exchange().call(number, "patient");
    caller.press("1");
    await caller.ended;
    const placeOf = async () => {
      const { calls } = await admin.call<{ calls: (Call & { callerNumber: string; queueCallback: string })[] }>(
        "telephony.v1.CallService/ListCalls",
        { pageSize: 20 },
      );
      return calls.find((one) => one.direction === "inbound" && one.callerNumber === `+86${number}`);
    };
    await system.drain();
    expect(await placeOf()).toMatchObject({ outcome: "left_queue", queueCallback: "waiting" });
    const met = () =>
      exchange()
        .witness()
        .filter((truth) => truth.kind === "met" && truth.extension === "1001").length;
    const before = met();
    await setMode(agent(1), "ready");
    // Two writers tell the desktop of these: either may come first.
    const [{ callId }] = await Promise.all([pop(agent(1)), becomes(agent(1), "talking")]);
    expect(await getCall(callId)).toMatchObject({ direction: "outbound", outcome: "answered", queue: "patient" });
    // Who hangs up before the two are connected never had the customer.
    while (met() === before) await getCall(callId);
    exchange().phone("1001").hangUp();
    await becomes(agent(1), "wrap_up");
    await finish(agent(1), callId);
    await system.drain();
    expect(await placeOf()).toMatchObject({ queueCallback: "reached" });
    const { callbackTasks } = await admin.call<{ callbackTasks: { number: string }[] }>(
      "service_desk.v1.CallbackTaskService/ListCallbackTasks",
      {},
    );
    expect(callbackTasks.filter((task) => task.number.endsWith(number))).toEqual([]);
  });
});
