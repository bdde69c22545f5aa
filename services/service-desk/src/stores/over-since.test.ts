import { describe, expect, it } from "@jest/globals";
import { CallbackTaskService, RequestService, WorkOrderService } from "@trunkline/proto/service-desk";
import { removeOld } from "@trunkline/store";
import { addEngineer, agent, dispatch, openRepair, seededDesk } from "../seeded-desk.test-support.ts";

const { acceptWorkOrder, completeWorkOrder, rejectWorkOrder, startWorkOrder } = WorkOrderService.method;
const { getRequest, resolveRequest } = RequestService.method;
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
const YEAR = 365 * 86_400_000;

/** A desk with one engineer, and a visit to a request. */
async function visited() {
  const desk = await seededDesk();
  await addEngineer(desk, "li");
  const { requestId } = await openRepair(desk);
  const { workOrderId } = await dispatch(desk, requestId);
  await desk.drain();
  await desk.number();
  const clean = async () => {
    const { requests, workOrders, signatures } = desk.context;
    for (const store of [requests, workOrders, signatures]) await removeOld(store, desk.world.now);
  };
  const there = async () => [
    (await desk.context.requests.find("t1", requestId)) !== undefined,
    (await desk.context.workOrders.find("t1", workOrderId)) !== undefined,
  ];
  return { desk, requestId, workOrderId, clean, there };
}

describe("what may be removed as old", () => {
  it("is no request and no visit that is open, however old", async () => {
    const { desk, clean, there } = await visited();
    desk.world.now += YEAR;
    await clean();
    expect(await there()).toEqual([true, true]);
  });

  it("is a visit that was completed, with its signature, and the request that it resolved", async () => {
    const { desk, requestId, workOrderId, clean, there } = await visited();
    const li = { id: "li" };
    await desk.ask(acceptWorkOrder, { workOrderId }, li);
    await desk.ask(startWorkOrder, { workOrderId }, li);
    const signature = { signer: "王伟", image: png };
    await desk.ask(completeWorkOrder, { workOrderId, summary: "done", resolveRequest: true, signature }, li);
    await desk.drain();
    const { signature: signed } = await desk.context.workOrders.get("t1", workOrderId);
    const image = () => desk.context.signatures.find("t1", `${workOrderId}/${signed?.sha256}`);
    expect(await image()).toBeDefined();
    await clean();
    expect([await there(), await image()]).toEqual([[false, false], undefined]);
    await expect(desk.ask(getRequest, { requestId }, agent)).rejects.toMatchObject({ code: "request_not_found" });
  });

  it("is no request that waits for its number", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.ask(resolveRequest, { requestId, resolution: "done" }, agent);
    await removeOld(desk.context.requests, desk.world.now);
    expect(await desk.context.requests.find("t1", requestId)).toBeDefined();
    await desk.number();
    await removeOld(desk.context.requests, desk.world.now);
    expect(await desk.context.requests.find("t1", requestId)).toBeUndefined();
  });

  it("may be the request of a visit that is still open, which goes on without it", async () => {
    const { desk, requestId, workOrderId, clean, there } = await visited();
    await desk.ask(resolveRequest, { requestId, resolution: "by telephone" }, agent);
    await desk.drain();
    await clean();
    expect(await there()).toEqual([false, true]);
    await desk.ask(rejectWorkOrder, { workOrderId, reason: "ill" }, { id: "li" });
    await desk.drain();
    await desk.redeliver();
    expect((await desk.context.workOrders.get("t1", workOrderId)).state).toBe("pending_dispatch");
  });

  it("is a callback that was made, and none that is open", async () => {
    const desk = await seededDesk();
    const { callbackTasks } = desk.context;
    const scope = { tenant: "t1", actor: "service/x", causation: "c", correlation: "" };
    const task = {
      id: "k",
      state: "open",
      number: "+8613900000001",
      customerId: "",
      callIds: ["a"],
      reason: "missed",
      openedAt: 1,
      result: "",
    };
    await callbackTasks.create(scope, "k", { state: task as never, events: [] });
    await removeOld(callbackTasks, desk.world.now);
    expect(await callbackTasks.find("t1", "k")).toBeDefined();
    await desk.ask(CallbackTaskService.method.completeCallbackTask, { callbackTaskId: "k", result: "reached" }, agent);
    await removeOld(callbackTasks, desk.world.now);
    expect(await callbackTasks.find("t1", "k")).toBeUndefined();
  });
});
