import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ADMIN_LOGIN,
  type Api,
  type Desktop,
  type DesktopFrame,
  logIn,
  openDesktop,
  type System,
  startVendorSimulator,
  type VendorSimulator,
} from "@trunkline/dev-env";
import { startStory } from "./system.ts";

const TENANT = "huaxing";
const LINE = "cloud-1";
const PASSWORD = "a-password";

type Call = { state: string; outcome: string; callerNumber: string };

describe("a vendor's exchange, connected by signed webhooks", () => {
  let system: System;
  let vendor: VendorSimulator;
  let agent: { api: Api; desktop: Desktop };
  let mark = 0;
  const hook = () => `${system.gatewayUrl}/webhooks/telephony/${LINE}`;

  async function next(what: string, fits: (frame: DesktopFrame) => boolean): Promise<DesktopFrame> {
    const { desktop } = agent;
    const frame = await desktop.next(what, (one) => desktop.frames.indexOf(one) >= mark && fits(one));
    mark = desktop.frames.indexOf(frame) + 1;
    return frame;
  }
  const pop = () => next("the pop", ({ type }) => type === "pop");
  const becomes = (state: string) => next(state, (frame) => frame.type === "session" && frame.state === state);
  const control = (callId: string, action: object) => agent.api.call("telephony.v1.CallControlService/ControlCall", { callId, action });
  const getCall = async (callId: string) => (await agent.api.call<{ call: Call }>("telephony.v1.CallService/GetCall", { callId })).call;
  const ordered = (type: string) => vendor.orders.filter((order) => order.type === type);
  const finish = async (callId: string) => {
    await becomes("wrap_up");
    await agent.api.call("telephony.v1.CallService/FinishWrapUp", { callId, disposition: "" });
    await becomes("ready");
  };

  beforeAll(async () => {
    vendor = await startVendorSimulator();
    system = await startStory("webhook", Date.now, [TENANT], {
      services: ["workforce", "customer", "service-desk", "telephony", "gateway"],
      connectors: [vendor.connector(LINE, TENANT)],
    });
    vendor.postTo(hook());
    const admin = (await logIn(system.gatewayUrl, TENANT, ADMIN_LOGIN, system.adminPassword)).api;
    const profile = { active: true, roles: ["agent"], extension: "1001" };
    const body = { requestId: "1001", login: "agent1001", name: "张敏", password: PASSWORD, profile };
    await admin.call("workforce.v1.EmployeeService/CreateEmployee", body);
    await system.drain();
    const { api, token } = await logIn(system.gatewayUrl, TENANT, body.login, PASSWORD);
    agent = { api, desktop: await openDesktop(system.desktopUrl, token) };
    await api.call("telephony.v1.AgentSessionService/ChangeMyMode", { mode: "ready" });
    await becomes("ready");
    vendor.phone("1001", "answers");
  }, 120_000);
  afterAll(async () => {
    await agent.desktop[Symbol.asyncDispose]();
    await system[Symbol.asyncDispose]();
    await vendor[Symbol.asyncDispose]();
  });

  it("rings our agent, asks before it connects, and holds, resumes and hangs up as ordered", async () => {
    const caller = vendor.call("13900000001", "support");
    const { callId } = await pop();
    await becomes("talking");
    expect(ordered("ring")).toMatchObject([{ call: caller.id, extension: "1001" }]);
    expect(await getCall(callId)).toMatchObject({ state: "talking", outcome: "answered", callerNumber: "+8613900000001" });
    await control(callId, { hold: {} });
    await next("held", ({ type, state }) => type === "call" && state === "held");
    await control(callId, { resume: {} });
    await next("talking again", ({ type, state }) => type === "call" && state === "talking");
    await control(callId, { hangUp: {} });
    await caller.ended;
    await finish(callId);
    expect(vendor.refused).toEqual([]);
  });

  it("goes on ringing elsewhere when the phone is rejected, and lets the caller go", async () => {
    vendor.phone("1001", "rejects");
    const caller = vendor.call("", "support");
    const { callId } = await pop();
    await becomes("ready");
    caller.hangUp();
    await system.drain();
    expect(await getCall(callId)).toMatchObject({ state: "ended", outcome: "abandoned", callerNumber: "" });
    vendor.phone("1001", "answers");
  });

  it("dials out for an agent, who can end what was dialled", async () => {
    const body = { number: "13900000002", requestId: "out-1" };
    const { call } = await agent.api.call<{ call: { callId: string } }>("telephony.v1.CallControlService/PlaceCall", body);
    await becomes("talking");
    expect(ordered("originate")).toMatchObject([{ extension: "1001", number: "+8613900000002", callerNumber: "4008001000" }]);
    await control(call.callId, { hangUp: {} });
    await finish(call.callId);
  });

  it("is not believed without its signature, and has to be one of ours", async () => {
    const post = async (url: string, headers: Record<string, string>, body: string) => {
      const reply = await fetch(url, { method: "POST", headers, body });
      return [reply.status, reply.headers.get("trunkline-code") ?? ""];
    };
    const unsigned = { "webhook-id": "a", "webhook-timestamp": String(Math.floor(Date.now() / 1000)), "webhook-signature": "v1,AAAA" };
    expect(await post(hook(), unsigned, "{}")).toEqual([401, "webhook_signature_invalid"]);
    expect(await post(hook(), {}, "")).toEqual([401, "webhook_signature_invalid"]);
    expect(await post(`${hook()}-2`, unsigned, "{}")).toEqual([404, "webhook_unknown"]);
    expect((await post(hook(), unsigned, "x".repeat(70_000)))[0]).toBe(413);
  });
});
