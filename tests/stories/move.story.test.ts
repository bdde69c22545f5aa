import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { type Api, EXTENSIONS, logIn, move, openDesktop, PASSWORD, type System, seedDemo } from "@trunkline/dev-env";
import { dataOfServices } from "../../deploy/prepare/data-of-services.ts";
import { forget, HAS_ENGINES, startStory } from "./system.ts";

const TENANT = "huaxing";
const PREFIX = `move-${process.pid}-${Date.now()}.`;
const [EXTENSION = ""] = EXTENSIONS;
type Request = { readonly requestId: string; readonly state: string; readonly number: string; readonly subject: string };
type Figures = { readonly figures: readonly { readonly name: string; readonly numerator: string }[] };

/** A company outgrows one machine, in the middle of a day. */
(HAS_ENGINES ? describe : describe.skip)("an embedded installation that is carried over to MongoDB and Kafka", () => {
  const folders = ["before", "after"].map((name) => `.trunkline/stories/move-${name}-${process.pid}`) as [string, string];
  const [from, to] = folders;
  let system: System | undefined;
  afterAll(async () => {
    if (system) await forget(system);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const open = (family: "embedded" | "any", dataDir: string) => startStory("move", Date.now, [TENANT], { family, dataDir, prefix: PREFIX });
  const supervisor = async (gatewayUrl: string) => (await logIn(gatewayUrl, TENANT, "supervisor", PASSWORD)).api;
  const figures = (api: Api) => {
    const range = { from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date(Date.now() + 86_400_000).toISOString() };
    return api.call<Figures>("analytics.v1.FigureService/GetFigures", range);
  };
  const count = async (api: Api, name: string) => Number((await figures(api)).figures.find((one) => one.name === name)?.numerator);
  /** A known customer rings, is answered and hangs up. */
  const oneCall = async ({ desktopUrl, gatewayUrl, simulators }: System, number: string) => {
    const { api, token } = await logIn(gatewayUrl, TENANT, `agent${EXTENSION}`, PASSWORD);
    await using desktop = await openDesktop(desktopUrl, token);
    const line = simulators.pbx.get(TENANT)?.placeCall({ from: number, queue: "support" });
    line?.ring(EXTENSION);
    const pop = await desktop.next("the pop", ({ type, caller }) => type === "pop" && (caller?.number ?? "").endsWith(number));
    line?.answer(EXTENSION);
    await desktop.next("the talk", ({ type, callId, state }) => type === "call" && callId === pop.callId && state === "talking");
    line?.hangup("caller");
    await desktop.next("the end", ({ type, callId, state }) => type === "call" && callId === pop.callId && state === "ended");
    await api.call("telephony.v1.CallService/FinishWrapUp", { callId: pop.callId, disposition: "" }).catch(() => undefined);
    return pop;
  };

  it("goes on where it was: people, customers, open work, calls and figures, and what was on its way arrives", async () => {
    const before = await open("embedded", from);
    const tenant = await seedDemo({ ...before, tenant: TENANT, index: 6, extensions: EXTENSIONS.slice(0, 1), batchSize: 20 });
    const number = (tenant.callers[0]?.phone ?? "").replace("+86", "");
    await oneCall(before, number);
    await before.drain();
    const api = await supervisor(before.gatewayUrl);
    expect(await count(api, "calls_answered")).toBe(1);
    const body = {
      type: "repair",
      customerId: tenant.callers[0]?.customerId ?? "",
      queueId: "repair",
      subject: "空调不制冷",
      requestId: "moved",
    };
    const { request } = await api.call<{ request: Request }>("service_desk.v1.RequestService/OpenRequest", body);
    // Nobody has heard of it yet when everything stops.
    await before[Symbol.asyncDispose]();

    mkdirSync(to, { recursive: true });
    cpSync(join(from, "data", "secrets.json"), join(to, "secrets.json"));
    const lines: string[] = [];
    const topics = Object.values(dataOfServices).flatMap((data) => data.topics);
    const engines = { mongoUrl: process.env["MONGO_URL"] ?? "", kafkaBrokers: process.env["KAFKA_BROKERS"] ?? "" };
    const moving = {
      folder: join(from, "data"),
      ...engines,
      prefix: PREFIX,
      topics,
      mostPartitions: 6,
      print: (line: string) => lines.push(line),
    };
    const moved = await move(moving);
    expect(moved.documents).toBeGreaterThan(60);
    // After a break it is done again, and nothing is there twice.
    expect((await move(moving)).documents).toBe(moved.documents);

    system = await open("any", to);
    await system.drain();
    const there = await supervisor(system.gatewayUrl);
    expect(await count(there, "calls_answered")).toBe(1);
    expect(await count(there, "requests_opened")).toBe(1);
    const { customerId } = body;
    const { contacts } = await there.call<{ contacts: readonly { readonly kind: string }[] }>("customer.v1.CustomerService/ListContacts", {
      customerId,
    });
    expect(contacts.map(({ kind }) => kind).toSorted()).toEqual(["call", "request"]);
    const again = await there.call<{ request: Request }>("service_desk.v1.RequestService/OpenRequest", body);
    expect(again.request.requestId).toBe(request.requestId);
    const pop = await oneCall(system, number);
    expect(pop.caller).toMatchObject({ certainty: "sure" });
    await system.drain();
    expect(await count(there, "calls_answered")).toBe(2);
  }, 120_000);
});
