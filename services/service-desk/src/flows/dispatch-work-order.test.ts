import { describe, expect, it } from "@jest/globals";
import { RequestService, WorkOrderService } from "@trunkline/proto/service-desk";
import type { Desk } from "../desk.test-support.ts";
import { OFFER_MS, offerTo } from "../domain/dispatch-work-order.ts";
import { BEGIN_MS, openWorkOrder } from "../domain/work-order.ts";
import { CONFIRM_MS, workloadId } from "../domain/workload.ts";
import { addEngineer, agent, dispatch, openRepair, seededDesk } from "../seeded-desk.test-support.ts";
import type { EmployeeRow } from "../stores/employee-copy.ts";
import { timerSources } from "../timers/sources.ts";
import { reconcileWorkloads } from "./reconcile-workloads.ts";

const {
  completeWorkOrder,
  acceptWorkOrder,
  getWorkOrder,
  listWorkOrders,
  logLabour,
  logPart,
  redispatchWorkOrder,
  rejectWorkOrder,
  startWorkOrder,
} = WorkOrderService.method;
const refusal = (code: string) => expect.objectContaining({ code });
const DATE = "2026-03-10";
const DAY = 24 * 3_600_000;
const visitsOf = async (desk: Desk, id: string) =>
  (await desk.context.workloads.countVisits("t1", [DATE], "")).get(workloadId(id, DATE)) ?? 0;
const get = async (desk: Desk, workOrderId: string) => (await desk.ask(getWorkOrder, { workOrderId }, agent)).workOrder;
const pngOf = (...bytes: number[]) => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...bytes]);

describe("a dispatch", () => {
  it("sends the best engineer, keeps all candidates, and names the work order in the request", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "chen", { level: 2 });
    await addEngineer(desk, "li", { level: 5 });
    await addEngineer(desk, "off", { active: false, level: 5 });
    const { requestId } = await openRepair(desk);
    const work = await dispatch(desk, requestId);
    expect(work).toMatchObject({ state: "assigned", engineerId: "li", customerId: "c1", tieBrokenBy: "" });
    expect(work.candidates.map(({ employeeId, passed }) => [employeeId, passed])).toEqual([
      ["li", true],
      ["chen", true],
      ["off", false],
    ]);
    const { request } = await desk.ask(RequestService.method.getRequest, { requestId }, agent);
    expect(request?.workOrderIds).toEqual([work.workOrderId]);
    expect(await visitsOf(desk, "li")).toBe(1);
    expect(await desk.context.workloads.unconfirmed(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    await desk.drain();
    expect(desk.world.published.map(({ type }) => type)).toEqual(["opened", "work_order_added", "dispatched"]);
  });

  it("shows the visit and its request to its engineer, and to nobody else whose scope is their own", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "li");
    const { requestId } = await openRepair(desk);
    const { requestId: other } = await openRepair(desk);
    const { workOrderId } = await dispatch(desk, requestId);
    await desk.drain();
    const own = (id: string) => ({ id, roles: ["engineer"] });
    const [li, wei] = [own("li"), own("wei")];
    const seen = async (who: typeof li) => [
      (await desk.ask(listWorkOrders, {}, who)).workOrders.map((work) => work.workOrderId),
      (await desk.ask(RequestService.method.listRequests, {}, who)).requests.map((request) => request.requestId),
    ];
    expect(await seen(li)).toEqual([[workOrderId], [requestId]]);
    expect(await seen(wei)).toEqual([[], []]);
    expect((await desk.ask(RequestService.method.getRequest, { requestId }, li)).request?.requestId).toBe(requestId);
    await expect(desk.ask(getWorkOrder, { workOrderId }, wei)).rejects.toEqual(refusal("work_order_not_found"));
    await expect(desk.ask(RequestService.method.getRequest, { requestId: other }, li)).rejects.toEqual(refusal("request_not_found"));
  });

  it("says how many engineers it looked at, and that it did not look at all of them", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "li");
    const { requestId } = await openRepair(desk);
    expect(await dispatch(desk, requestId)).toMatchObject({ engineersConsidered: 1, engineersLeftOut: false });
    const [known] = (await desk.context.employees.engineers("t1")).rows;
    for (let n = 0; n < 2_000; n++)
      await desk.context.employees.put("t1", `more-${n}`, { ...(known as EmployeeRow), employeeId: `more-${n}` });
    const { requestId: next } = await openRepair(desk);
    const work = await dispatch(desk, next);
    expect(work).toMatchObject({ engineersConsidered: 2_000, engineersLeftOut: true });
    expect(work.candidates).toHaveLength(200);
  });

  it("asked for twice under one request_id sends one engineer", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "li");
    const { requestId } = await openRepair(desk);
    const [first, second] = [await dispatch(desk, requestId, "try"), await dispatch(desk, requestId, "try")];
    expect(second.workOrderId).toBe(first.workOrderId);
    expect(await visitsOf(desk, "li")).toBe(1);
  });

  it("for which nobody qualifies keeps the work order and the reasons, and can be done again", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "off", { active: false });
    const { requestId } = await openRepair(desk);
    await expect(dispatch(desk, requestId)).rejects.toEqual(refusal("no_engineer_qualifies"));
    const { workOrders } = await desk.ask(listWorkOrders, { state: "pending_dispatch" }, agent);
    expect((await get(desk, workOrders[0]?.workOrderId ?? ""))?.candidates[0]).toMatchObject({ employeeId: "off", passed: false });
    await desk.pass(BEGIN_MS);
    expect((await get(desk, workOrders[0]?.workOrderId ?? ""))?.state).toBe("pending_dispatch");
    await addEngineer(desk, "li");
    const again = await desk.ask(redispatchWorkOrder, { workOrderId: workOrders[0]?.workOrderId ?? "" }, agent);
    expect(again.workOrder).toMatchObject({ state: "assigned", engineerId: "li" });
  });

  it("for a resolved or unknown request is refused", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.ask(RequestService.method.resolveRequest, { requestId, resolution: "done" }, agent);
    await expect(dispatch(desk, requestId)).rejects.toEqual(refusal("request_closed"));
    await expect(dispatch(desk, "nothing")).rejects.toEqual(refusal("request_not_found"));
  });
});

describe("an engineer's day is never filled beyond its capacity", () => {
  it("when many dispatches run at once", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "best", { level: 5, dailyCapacity: 2 });
    await addEngineer(desk, "good", { level: 4, dailyCapacity: 3 });
    const requests = await Promise.all(Array.from({ length: 8 }, () => openRepair(desk)));
    const outcomes = await Promise.allSettled(requests.map(({ requestId }) => dispatch(desk, requestId)));
    const sent = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.engineerId] : []));
    expect(sent.sort()).toEqual(["best", "best", "good", "good", "good"]);
    expect([await visitsOf(desk, "best"), await visitsOf(desk, "good")]).toEqual([2, 3]);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toEqual(refusal("no_engineer_qualifies"));
  });

  it("and who lost the race for the last place is recorded as full, behind those who passed", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "best", { level: 5, dailyCapacity: 1 });
    await addEngineer(desk, "good", { level: 4 });
    const [a, b] = await Promise.all([openRepair(desk), openRepair(desk)]);
    const both = await Promise.all([dispatch(desk, a.requestId), dispatch(desk, b.requestId)]);
    const second = both.find(({ engineerId }) => engineerId === "good");
    expect(second?.candidates.map(({ employeeId, passed }) => [employeeId, passed])).toEqual([
      ["good", true],
      ["best", false],
    ]);
    expect(second?.candidates[1]?.rules.find(({ rule }) => rule === "capacity")).toMatchObject({ passed: false, have: "1 visits" });
  });

  it("when one work order is dispatched twice at once: one succeeds, one place is taken", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "off", { active: false });
    const { requestId } = await openRepair(desk);
    await dispatch(desk, requestId).catch(() => undefined);
    await addEngineer(desk, "li");
    await addEngineer(desk, "wei");
    const workOrderId = (await desk.ask(listWorkOrders, {}, agent)).workOrders[0]?.workOrderId ?? "";
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => desk.ask(redispatchWorkOrder, { workOrderId }, agent)));
    expect((await get(desk, workOrderId))?.state).toBe("assigned");
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    expect((await visitsOf(desk, "li")) + (await visitsOf(desk, "wei"))).toBe(1);
  });
});

describe("a dispatch that a crash cut off", () => {
  /** The work order has offered itself to li, and li's day may hold the place, but nothing was confirmed. */
  const cutOff = async (reserved: boolean) => {
    const desk = await seededDesk();
    await addEngineer(desk, "off", { active: false });
    const { requestId } = await openRepair(desk);
    await dispatch(desk, requestId).catch(() => undefined);
    await addEngineer(desk, "li", { dailyCapacity: 1 });
    const workOrderId = (await desk.ask(listWorkOrders, {}, agent)).workOrders[0]?.workOrderId ?? "";
    const scope = { tenant: "t1", actor: "service/service-desk", causation: "", correlation: "" };
    const [id, day] = ["lost-offer", { employeeId: "li", date: DATE }];
    await desk.context.workOrders.update(scope, workOrderId, (work) =>
      offerTo(work, { ...day, id, engineerId: "li", dispatchId: "lost", at: desk.world.now }),
    );
    if (reserved) await desk.context.workloads.reserve("t1", day, { offerId: id, workOrderId, at: desk.world.now }, 1);
    return { desk, workOrderId };
  };

  it.each([true, false])("is taken up by the timer when its offer has lapsed (place reserved: %s)", async (reserved) => {
    const { desk, workOrderId } = await cutOff(reserved);
    await desk.pass(OFFER_MS - 1);
    expect((await get(desk, workOrderId))?.state).toBe("pending_dispatch");
    await desk.pass(1);
    expect(await get(desk, workOrderId)).toMatchObject({ state: "assigned", engineerId: "li" });
    expect(await visitsOf(desk, "li")).toBe(1);
  });

  it("is begun by the timer when it was never begun, and its request is told of it", async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "li");
    const { requestId } = await openRepair(desk);
    const scope = { tenant: "t1", actor: "service/service-desk", causation: "", correlation: "" };
    const windowFrom = desk.world.now + DAY;
    const windowTo = windowFrom + DAY / 12;
    const visit = { requiredSkills: [], regionCode: "310104", latitude: 31.2, longitude: 121.4, windowFrom, windowTo };
    const opened = openWorkOrder({ id: "w1", requestId, customerId: "c1", ...visit }, desk.world.now);
    await desk.context.workOrders.create(scope, "w1", opened);
    await desk.pass(BEGIN_MS - 1);
    expect((await get(desk, "w1"))?.state).toBe("pending_dispatch");
    await desk.pass(1);
    expect(await get(desk, "w1")).toMatchObject({ state: "assigned", engineerId: "li" });
    expect((await desk.context.requests.get("t1", requestId)).workOrderIds).toEqual(["w1"]);
  });

  it("is not taken up by a timer that comes too early", async () => {
    const { desk, workOrderId } = await cutOff(false);
    await timerSources(desk.context)["workOrders"]?.fire({ tenant: "t1", id: workOrderId, at: desk.world.now });
    expect((await desk.context.workOrders.get("t1", workOrderId)).offer?.id).toBe("lost-offer");
    desk.world.now += OFFER_MS;
    await timerSources(desk.context)["workOrders"]?.fire({ tenant: "t1", id: workOrderId, at: desk.world.now });
    expect((await get(desk, workOrderId))?.state).toBe("assigned");
  });

  it("has the place that it lost freed when the visit went to somebody else", async () => {
    const { desk, workOrderId } = await cutOff(true);
    await addEngineer(desk, "best", { level: 5 });
    await desk.pass(OFFER_MS);
    expect((await get(desk, workOrderId))?.engineerId).toBe("best");
    expect([await visitsOf(desk, "li"), await visitsOf(desk, "best")]).toEqual([1, 1]);
    await desk.pass(CONFIRM_MS - OFFER_MS);
    await reconcileWorkloads(desk.context);
    expect([await visitsOf(desk, "li"), await visitsOf(desk, "best")]).toEqual([0, 1]);
  });

  it("keeps its place while it is still under way", async () => {
    const { desk } = await cutOff(true);
    desk.world.now += CONFIRM_MS;
    expect(await reconcileWorkloads(desk.context)).toBe(1);
    expect(await visitsOf(desk, "li")).toBe(1);
    expect(await reconcileWorkloads(desk.context)).toBe(0);
  });
});

describe("a visit", () => {
  const assigned = async () => {
    const desk = await seededDesk();
    await addEngineer(desk, "li", { level: 5 });
    await addEngineer(desk, "wei");
    const { requestId } = await openRepair(desk);
    return { desk, requestId, workOrderId: (await dispatch(desk, requestId)).workOrderId };
  };

  it("is not seen any more by an engineer who would not go, however late the news of its dispatch come once more", async () => {
    const { desk, requestId, workOrderId } = await assigned();
    const sees = async (id: string) =>
      (await desk.ask(RequestService.method.listRequests, {}, { id, roles: ["engineer"] })).requests.map((request) => request.requestId);
    await desk.drain();
    expect(await sees("li")).toEqual([requestId]);
    await desk.ask(rejectWorkOrder, { workOrderId, reason: "ill" }, { id: "li" });
    await desk.drain();
    expect(await sees("li")).toEqual([]);
    await desk.redeliver();
    expect(await sees("li")).toEqual([]);
  });

  it("goes from accepting to the signature, and resolves the request", async () => {
    const { desk, requestId, workOrderId } = await assigned();
    const li = { id: "li" };
    await desk.ask(acceptWorkOrder, { workOrderId }, li);
    await desk.ask(startWorkOrder, { workOrderId }, li);
    const part = { workOrderId, requestId: "part-1", part: { partNumber: "SEAL-7", quantity: 2 } };
    await desk.ask(logPart, part, li);
    await desk.ask(logPart, part, li);
    await desk.ask(logLabour, { workOrderId, labour: { kind: "travel", minutes: 30 } }, li);
    const completion = {
      workOrderId,
      summary: "seal replaced",
      resolveRequest: true,
      signature: { signer: "Mrs Zhang", image: pngOf(1, 2, 3) },
    };
    await expect(
      desk.ask(completeWorkOrder, { ...completion, signature: { signer: "x", image: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) } }, li),
    ).rejects.toEqual(refusal("signature_not_png"));
    await expect(desk.ask(completeWorkOrder, completion, { id: "wei" })).rejects.toEqual(refusal("not_the_engineer"));
    await desk.ask(completeWorkOrder, completion, li);
    const work = await get(desk, workOrderId);
    expect(work).toMatchObject({
      state: "closed_complete",
      parts: [{ partNumber: "SEAL-7", quantity: 2 }],
      labour: [{ kind: "travel", minutes: 30 }],
      summary: "seal replaced",
    });
    expect(work?.parts).toHaveLength(1);
    expect(work?.signature).toMatchObject({ signer: "Mrs Zhang", image: pngOf(1, 2, 3) });
    expect((await desk.ask(listWorkOrders, { engineerId: "li" }, agent)).workOrders[0]?.signature?.image).toHaveLength(0);
    await desk.drain();
    const { request } = await desk.ask(RequestService.method.getRequest, { requestId }, agent);
    expect(request).toMatchObject({ state: "resolved", resolution: "seal replaced" });
    expect(request?.history.at(-1)?.actor).toBe("employee/li");
  });

  it("that ends after somebody else has resolved the request leaves that solution", async () => {
    const { desk, requestId, workOrderId } = await assigned();
    const li = { id: "li" };
    await desk.ask(acceptWorkOrder, { workOrderId }, li);
    await desk.ask(startWorkOrder, { workOrderId }, li);
    await desk.ask(RequestService.method.resolveRequest, { requestId, resolution: "solved by phone" }, agent);
    const signature = { signer: "Mrs Zhang", image: pngOf(1) };
    await desk.ask(completeWorkOrder, { workOrderId, summary: "seal replaced", resolveRequest: true, signature }, li);
    await desk.drain();
    const { request } = await desk.ask(RequestService.method.getRequest, { requestId }, agent);
    expect(request?.resolution).toBe("solved by phone");
  });

  it("that is rejected frees the day and goes to somebody else", async () => {
    const { desk, workOrderId } = await assigned();
    const { workOrder } = await desk.ask(rejectWorkOrder, { workOrderId, reason: "no lift" }, { id: "li" });
    expect(workOrder).toMatchObject({ state: "pending_dispatch", rejections: [{ employeeId: "li", reason: "no lift" }] });
    await desk.drain();
    expect(await visitsOf(desk, "li")).toBe(0);
    const again = await desk.ask(redispatchWorkOrder, { workOrderId }, agent);
    expect(again.workOrder?.engineerId).toBe("wei");
    await desk.redeliver();
    expect(await visitsOf(desk, "wei")).toBe(1);
  });
});
