import { timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { RequestQueueService, RequestService } from "@trunkline/proto/service-desk";
import type { Who } from "@trunkline/rpc/asking";
import { at, MINUTE } from "../domain/given.test-support.ts";
import { agent, MONDAY_10, openRepair, repairs, seededDesk, supervisor } from "../seeded-desk.test-support.ts";

const { acceptRequest, assignRequest, getRequest, listRequests, openRequest, resolveRequest } = RequestService.method;
const refusal = (code: string) => expect.objectContaining({ code });

describe("a request", () => {
  it("is opened in its queue with owner, level and targets on the queue's calendar", async () => {
    const desk = await seededDesk();
    const request = await openRepair(desk);
    expect(request).toMatchObject({ state: "new", ownerId: "lead", level: 1, priority: "normal", number: "" });
    expect(request.targets.map(({ target, dueAt }) => [target, dueAt && timestampMs(dueAt)])).toEqual([
      ["first_response", at("2026-03-09 13:30") - 90 * MINUTE],
      ["resolution", at("2026-03-10 10:30")],
    ]);
  });

  it("asked for twice under one request_id is one; another body under it is refused", async () => {
    const desk = await seededDesk();
    const first = await openRepair(desk, { requestId: "try-1" });
    desk.world.now += MINUTE;
    expect((await openRepair(desk, { requestId: "try-1" })).requestId).toBe(first.requestId);
    await expect(openRepair(desk, { requestId: "try-1", customerId: "other" })).rejects.toEqual(refusal("request_id_reused"));
    expect(desk.world.published.filter(({ type }) => type === "opened")).toHaveLength(1);
  });

  it("goes through assigned and in progress to resolved, and may be assigned again and again", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    expect((await desk.ask(assignRequest, { requestId, ownerId: "wu" }, agent)).request?.ownerId).toBe("wu");
    expect((await desk.ask(assignRequest, { requestId, ownerId: "manager" }, supervisor)).request?.ownerId).toBe("manager");
    await expect(desk.ask(acceptRequest, { requestId }, { id: "wu" })).rejects.toEqual(refusal("request_owned_by_other"));
    expect((await desk.ask(acceptRequest, { requestId }, { id: "manager" })).request?.state).toBe("in_progress");
    const { request } = await desk.ask(resolveRequest, { requestId, resolution: "new seal" }, { id: "manager" });
    expect(request).toMatchObject({ state: "resolved", resolution: "new seal" });
    expect(request?.history.map(({ what }) => what)).toEqual(["opened", "assigned", "assigned", "accepted", "resolved"]);
    await expect(desk.ask(acceptRequest, { requestId }, { id: "wu" })).rejects.toEqual(refusal("request_closed"));
  });

  it.each(["nobody has taken it", "it was assigned", "it is in progress"])(
    "is handled by its owner and by supervisors alike, when %s",
    async (when) => {
      const desk = await seededDesk();
      const open = async () => {
        const { requestId } = await openRepair(desk);
        if (when !== "nobody has taken it") await desk.ask(assignRequest, { requestId, ownerId: "wu" }, agent);
        if (when === "it is in progress") await desk.ask(acceptRequest, { requestId }, { id: "wu" });
        return requestId;
      };
      const acts = [
        async (who: Who) => desk.ask(acceptRequest, { requestId: await open() }, who),
        async (who: Who) => desk.ask(resolveRequest, { requestId: await open(), resolution: "done" }, who),
        async (who: Who) => desk.ask(assignRequest, { requestId: await open(), ownerId: "manager" }, who),
      ];
      for (const act of acts) {
        if (when === "nobody has taken it") expect((await act({ id: "lead" })).request).toBeDefined();
        else await expect(act({ id: "lead" })).rejects.toEqual(refusal("request_owned_by_other"));
        for (const who of [{ id: "wu" }, supervisor]) expect((await act(who)).request).toBeDefined();
      }
    },
  );

  it("that a supervisor takes over is theirs", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.ask(acceptRequest, { requestId }, { id: "wu" });
    expect((await desk.ask(acceptRequest, { requestId }, supervisor)).request?.ownerId).toBe(supervisor.id);
  });

  it("is assigned to nobody who may not accept it, nor is a queue theirs", async () => {
    const desk = await seededDesk();
    for (const [id, roles] of [
      ["engineer", ["engineer"]],
      ["marketer", ["marketer", "admin"]],
      ["nothing", []],
    ] as const)
      await desk.addEmployee(id, { roles: [...roles] });
    const { requestId } = await openRepair(desk);
    for (const ownerId of ["engineer", "marketer", "nothing"]) {
      await expect(desk.ask(assignRequest, { requestId, ownerId }, agent)).rejects.toEqual(refusal("owner_may_not_accept"));
      const queue = { ...repairs, ownerId };
      await expect(desk.ask(RequestQueueService.method.putRequestQueue, { queue }, agent)).rejects.toEqual(refusal("owner_may_not_accept"));
    }
  });

  it("is opened for a customer and from a call that are there", async () => {
    const desk = await seededDesk();
    desk.world.calls.set("call1", { number: "", customerId: "" });
    const open = (links: object, who: Who = agent) =>
      desk.ask(openRequest, { type: "repair", subject: "s", queueId: "repairs", ...links }, who);
    expect((await open({ customerId: "c1", callId: "call1" })).request).toMatchObject({ customerId: "c1", callId: "call1" });
    await expect(open({ customerId: "nobody" })).rejects.toEqual(refusal("customer_not_found"));
    await expect(open({ callId: "no-such-call" })).rejects.toEqual(refusal("call_not_found"));
    desk.world.customers = "away";
    await expect(open({ customerId: "c1" })).rejects.toEqual(refusal("peer_unavailable"));
    expect((await open({})).request?.customerId).toBe("");
    expect((await open({ customerId: "c1" }, { id: "gateway", kind: "service" })).request?.customerId).toBe("c1");
  });

  it("is accepted and resolved by people, not by services", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await expect(desk.ask(acceptRequest, { requestId }, { id: "gateway", kind: "service" })).rejects.toEqual(refusal("employee_required"));
  });

  it("is not assigned to nobody or to who has left", async () => {
    const desk = await seededDesk();
    await desk.addEmployee("gone", { active: false });
    const { requestId } = await openRepair(desk);
    for (const ownerId of ["gone", "nobody"])
      await expect(desk.ask(assignRequest, { requestId, ownerId }, agent)).rejects.toEqual(refusal("owner_unknown"));
  });

  it("is not found by another tenant", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    const stranger = { id: "agent", tenant: "t2" };
    await expect(desk.ask(getRequest, { requestId }, stranger)).rejects.toEqual(refusal("request_not_found"));
    await expect(desk.ask(resolveRequest, { requestId, resolution: "x" }, stranger)).rejects.toEqual(refusal("request_not_found"));
    expect((await desk.ask(listRequests, {}, stranger)).requests).toEqual([]);
    await expect(desk.ask(openRequest, { type: "repair", subject: "s", queueId: "repairs" }, stranger)).rejects.toEqual(
      refusal("request_queue_not_found"),
    );
  });

  it("stands in the list by state, queue and customer, newest first", async () => {
    const desk = await seededDesk();
    const ids: string[] = [];
    for (const customerId of ["a", "b", "a"]) {
      desk.world.now += MINUTE;
      ids.push((await openRepair(desk, { customerId })).requestId);
    }
    await desk.ask(acceptRequest, { requestId: ids[2] ?? "" }, agent);
    const list = async (filter: object) =>
      (await desk.ask(listRequests, filter, agent)).requests.map(({ requestId }) => ids.indexOf(requestId));
    expect(await list({})).toEqual([2, 1, 0]);
    expect(await list({ customerId: "a" })).toEqual([2, 0]);
    expect(await list({ customerId: "a", state: "new", queueId: "repairs" })).toEqual([0]);
    const first = await desk.ask(listRequests, { pageSize: 2 }, agent);
    const rest = await desk.ask(listRequests, { pageSize: 2, pageToken: first.nextPageToken }, agent);
    expect([first.requests.length, rest.requests.length, rest.nextPageToken]).toEqual([2, 1, ""]);
  });

  it("gets a number for people: in order, without a gap, and only once", async () => {
    const desk = await seededDesk();
    const open = async () => {
      desk.world.now += 1;
      return (await openRepair(desk)).requestId;
    };
    const ids = [await open(), await open(), await open()];
    await Promise.all([desk.number(), desk.number()]);
    ids.push(await open());
    await desk.number();
    const numbers = await Promise.all(ids.map(async (requestId) => (await desk.ask(getRequest, { requestId }, agent)).request?.number));
    expect(numbers).toEqual(["2026-000001", "2026-000002", "2026-000003", "2026-000004"]);
  });

  it("keeps its number when the crash came between the claim and the request's own write", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.context.numbers.claim("t1", requestId, "2026");
    desk.world.now += 1;
    await openRepair(desk);
    await desk.number();
    expect((await desk.ask(getRequest, { requestId }, agent)).request?.number).toBe("2026-000001");
    expect((await desk.ask(listRequests, {}, agent)).requests.map(({ number }) => number)).toEqual(["2026-000002", "2026-000001"]);
  });
});

describe("the timers", () => {
  it("escalate what nobody has taken, with reason and history, and tell it once", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.pass(29 * MINUTE);
    await desk.pass(MINUTE);
    await desk.pass(0);
    const { request } = await desk.ask(getRequest, { requestId }, agent);
    expect(request).toMatchObject({ level: 2, ownerId: "manager", state: "new" });
    expect(request?.history.at(-1)).toMatchObject({ what: "escalated", reason: "no_action_in_time", level: 2, ownerId: "manager" });
    expect(desk.world.published.map(({ type, n }) => [type, n])).toEqual([
      ["opened", 1],
      ["escalated", 2],
    ]);
  });

  it("leave alone what somebody has accepted", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.ask(acceptRequest, { requestId }, { id: "wu" });
    await desk.pass(7 * 24 * 60 * MINUTE);
    const { request } = await desk.ask(getRequest, { requestId }, agent);
    expect(request).toMatchObject({ level: 1, ownerId: "wu" });
    expect(request?.targets.map(({ target, missed }) => [target, missed])).toEqual([
      ["first_response", false],
      ["resolution", true],
    ]);
  });
});

describe("a request queue", () => {
  const put = RequestQueueService.method.putRequestQueue;

  it("comes back with its ladder filled in, and is listed", async () => {
    const desk = await seededDesk();
    const { queues } = await desk.ask(RequestQueueService.method.listRequestQueues, {}, agent);
    expect(queues).toMatchObject([
      { queueId: "repairs", ladder: [{ level: 1, ownerId: "lead", limitMs: 1_800_000n }, {}, {}], resolutionMs: 28_800_000n },
    ]);
  });

  it("is refused with a dead end, an unknown calendar or an owner who is not there", async () => {
    const desk = await seededDesk();
    const saving = (change: object) => desk.ask(put, { queue: { ...repairs, ...change } }, agent);
    await expect(
      saving({
        ladder: [
          { level: 1, limitMs: 1_000n, ownerId: "wu" },
          { level: 2, limitMs: 1_000n, ownerId: "wu" },
        ],
      }),
    ).rejects.toEqual(refusal("ladder_dead_end"));
    await expect(saving({ calendarId: "moon" })).rejects.toEqual(refusal("calendar_unknown"));
    await expect(saving({ ownerId: "nobody" })).rejects.toEqual(refusal("owner_unknown"));
  });

  it("that changes leaves the ladder of open requests as it was", async () => {
    const desk = await seededDesk();
    const { requestId } = await openRepair(desk);
    await desk.ask(put, { queue: { ...repairs, ladder: [] } }, agent);
    await desk.pass(30 * MINUTE);
    expect((await desk.ask(getRequest, { requestId }, agent)).request?.level).toBe(2);
    expect((await openRepair(desk)).openedAt && desk.world.now).toBe(MONDAY_10 + 30 * MINUTE);
  });
});
