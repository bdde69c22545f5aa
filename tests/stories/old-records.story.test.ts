import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Api, EXTENSIONS, logIn, PASSWORD, type System, type SystemOptions, seedDemo } from "@trunkline/dev-env";
import { eventually } from "@trunkline/runtime";
import { forget, startStory } from "./system.ts";

const TENANT = "huaxing";
const DAY_MS = 86_400_000;
const WAIT_MS = 20_000;
const PREFIX = `old-${process.pid}-${Date.now()}.`;

type Listed = {
  readonly calls: { readonly callId: string; readonly state: string }[];
  readonly requests: { readonly requestId: string; readonly state: string }[];
  readonly callbackTasks: { readonly state: string; readonly callIds: string[] }[];
  readonly contacts: { readonly contactId: string }[];
  readonly facts: { readonly sourceId: string }[];
  readonly figures: { readonly name: string; readonly numerator: string }[];
};

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  if (!(await eventually(async () => (await holds()) || undefined, WAIT_MS))) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
}

/** Two systems on the same data, the second one six weeks later. */
describe("records that are older than they are kept", () => {
  const start = Date.now();
  let passed = 0;
  let archive = "";
  let system: System;
  let api: Api;
  let customerId = "";
  let resolved = "";
  let before: Listed;

  const open = async () => {
    const days = (...names: string[]) => Object.fromEntries([["ARCHIVE_DIR", archive], ...names.map((name) => [name, "40"])]);
    const extra: SystemOptions["extra"] = {
      telephony: days("CALL_DAYS"),
      "service-desk": days("REQUEST_DAYS", "CALLBACK_TASK_DAYS"),
      customer: days("CONTACT_DAYS"),
      analytics: days("FACT_DAYS"),
    };
    system = await startStory("old-records", () => Date.now() + passed, [TENANT], { prefix: PREFIX, extra });
  };
  const enter = async () => {
    api = (await logIn(system.gatewayUrl, TENANT, "supervisor", PASSWORD)).api;
  };
  const read = async (): Promise<Listed> => {
    const range = { from: new Date(start - DAY_MS).toISOString(), to: new Date(start + DAY_MS).toISOString() };
    const ask = <K extends keyof Listed>(method: string, body: Readonly<Record<string, string>>) => api.call<Pick<Listed, K>>(method, body);
    return {
      ...(await ask<"calls">("telephony.v1.CallService/ListCalls", {})),
      ...(await ask<"requests">("service_desk.v1.RequestService/ListRequests", {})),
      ...(await ask<"callbackTasks">("service_desk.v1.CallbackTaskService/ListCallbackTasks", {})),
      ...(await ask<"contacts">("customer.v1.CustomerService/ListContacts", { customerId })),
      ...(await ask<"facts">("analytics.v1.FigureService/ListFacts", { ...range, figure: "calls_offered" })),
      ...(await ask<"figures">("analytics.v1.FigureService/GetFigures", range)),
    };
  };
  const openRequest = async (requestId: string) => {
    const body = { requestId, type: "repair", priority: "high", subject: requestId, customerId, queueId: "repair" };
    return (await api.call<{ request: { requestId: string } }>("service_desk.v1.RequestService/OpenRequest", body)).request.requestId;
  };

  beforeAll(async () => {
    archive = await mkdtemp(join(tmpdir(), "trunkline-archive-"));
    await open();
    const tenant = await seedDemo({ ...system, tenant: TENANT, index: 5, extensions: EXTENSIONS.slice(0, 2), batchSize: 0 });
    const [caller] = tenant.callers;
    if (!caller) throw new Error("no caller");
    customerId = caller.customerId;
    await system.drain();
    await enter();
    for (const from of [caller.phone, "13912349999"])
      system.simulators.pbx.get(TENANT)?.placeCall({ from, queue: "support" }).hangup("caller");
    await until("both calls are over", async () => {
      const { calls } = await api.call<Pick<Listed, "calls">>("telephony.v1.CallService/ListCalls", {});
      return calls?.length === 2 && calls.every(({ state }) => state === "ended");
    });
    resolved = await openRequest("one");
    await openRequest("two");
    await api.call("service_desk.v1.RequestService/ResolveRequest", { requestId: resolved, resolution: "done" });
    await system.drain();
    await until("every request has its number", async () => {
      const { requests } = await api.call<{ requests: { number?: string }[] }>("service_desk.v1.RequestService/ListRequests", {});
      return requests.every(({ number }) => number);
    });
    await system.drain();
    before = await read();
    await system[Symbol.asyncDispose]();
    passed = 42 * DAY_MS;
    await open();
    await enter();
  }, 240_000);
  afterAll(async () => {
    await forget(system);
    await rm(archive, { recursive: true, force: true });
  });

  it("are gone, and what is open stays", async () => {
    expect([before.calls.length, before.requests.length, before.facts.length]).toEqual([2, 2, 2]);
    await until("the old ones are removed", async () => {
      const { calls, requests, facts } = await read();
      return calls.length === 0 && requests.length === 1 && facts.length === 0;
    });
    const after = await read();
    expect(after.requests).toMatchObject([{ subject: "two" }]);
    expect(after.callbackTasks.map(({ state, callIds }) => [state, callIds])).toEqual(
      before.callbackTasks.map(({ state, callIds }) => [state, callIds]),
    );
    expect(after.callbackTasks.every(({ state }) => state === "open")).toBe(true);
    await expect(api.call("service_desk.v1.RequestService/GetRequest", { requestId: resolved })).rejects.toMatchObject({
      code: "request_not_found",
    });
  });

  it("are counted in the figures as before", async () => {
    const of = ({ figures }: Listed) => figures.map(({ name, numerator }) => [name, numerator]);
    expect(of(await read())).toEqual(of(before));
    expect(before.figures).toContainEqual(expect.objectContaining({ name: "calls_offered", numerator: "2" }));
  });

  it("are in the archive, each once, as they were stored", async () => {
    const archived = async (service: string, collection: string) => {
      const files = (await readdir(join(archive, service))).filter((name) => name.startsWith(`${collection}-`));
      const texts = await Promise.all(files.map(async (name) => gunzipSync(await readFile(join(archive, service, name))).toString()));
      return texts.flatMap((text) =>
        text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as { _id: string; state: string }),
      );
    };
    const calls = await archived("telephony", "calls");
    expect(calls.map(({ _id, state }) => [_id, state]).sort()).toEqual(
      before.calls.map(({ callId }) => [`${TENANT}/${callId}`, "ended"]).sort(),
    );
    expect(await archived("service-desk", "requests")).toMatchObject([{ _id: `${TENANT}/${resolved}`, state: "resolved", subject: "one" }]);
    const left = (await read()).contacts.map(({ contactId }) => contactId);
    const gone = (await archived("customer", "contact_trail")).map(({ _id }) => _id.slice(TENANT.length + 1));
    expect(before.contacts.map(({ contactId }) => contactId).sort()).toEqual(
      [...left, ...gone].filter((id) => before.contacts.some(({ contactId }) => contactId === id)).sort(),
    );
    expect(gone).toContain(`request/${resolved}`);
  });
});
