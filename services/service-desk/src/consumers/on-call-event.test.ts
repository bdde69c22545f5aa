import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { CallbackTaskService } from "@trunkline/proto/service-desk";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { Desk } from "../desk.test-support.ts";
import { agent, seededDesk } from "../seeded-desk.test-support.ts";

const { completeCallbackTask, listCallbackTasks } = CallbackTaskService.method;
const calls = topic("telephony.call", CallEventSchema);
const PHONE = "+8613900000001";

const ends = {
  abandoned: { case: "abandoned", value: { waitMs: 20_000n } },
  timeout: { case: "leftQueue", value: { reason: "timeout" } },
  overflow: { case: "leftQueue", value: { reason: "overflow" } },
  answered: { case: "answered", value: { employeeId: "agent" } },
} as const;

async function missed(desk: Desk, callId: string, number: string, how: keyof typeof ends = "abandoned", n = 2, tenant = "t1") {
  desk.world.calls.set(callId, { number, customerId: "" });
  await desk.publish(calls, tenant, callId, n, { callId, event: ends[how] });
}
const tasks = async (desk: Desk, tenant = "t1") => (await desk.ask(listCallbackTasks, {}, { ...agent, tenant })).callbackTasks;

describe("a call that nobody answered", () => {
  it("becomes a task with the number that telephony knows", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE);
    await missed(desk, "b", "+8613900000002", "timeout");
    expect((await tasks(desk)).map(({ number, reason, callIds, state }) => [number, reason, callIds, state]).sort()).toEqual([
      [PHONE, "abandoned", ["a"], "open"],
      ["+8613900000002", "missed", ["b"], "open"],
    ]);
  });

  it("hides the number from a masked agent, also when they complete the task", async () => {
    const desk = await seededDesk();
    const masked = { id: "masked", roles: ["masked_agent"] };
    await missed(desk, "a", PHONE);
    const { callbackTasks } = await desk.ask(listCallbackTasks, {}, masked);
    expect(callbackTasks.map(({ number }) => number)).toEqual(["+86139****0001"]);
    const { callbackTaskId = "" } = callbackTasks[0] ?? {};
    const { callbackTask } = await desk.ask(completeCallbackTask, { callbackTaskId, result: "reached" }, masked);
    expect(callbackTask?.number).toBe("+86139****0001");
  });

  it("joins the open task of its number, in its own tenant only", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE);
    await missed(desk, "b", PHONE);
    await missed(desk, "c", PHONE, "abandoned", 2, "t2");
    expect((await tasks(desk)).map(({ callIds }) => callIds)).toEqual([["a", "b"]]);
    expect((await tasks(desk, "t2")).map(({ callIds }) => callIds)).toEqual([["c"]]);
  });

  it("is one task when its calls come in at the same moment", async () => {
    const desk = await seededDesk();
    await Promise.all(["a", "b", "c", "d"].map((callId) => missed(desk, callId, PHONE)));
    const [task, ...more] = await tasks(desk);
    expect([...(task?.callIds ?? [])].sort()).toEqual(["a", "b", "c", "d"]);
    expect(more).toEqual([]);
  });

  it("is counted once, however often and in whichever way its end is told", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE, "timeout", 2);
    await missed(desk, "a", PHONE, "abandoned", 3);
    const [task] = await tasks(desk);
    await desk.ask(completeCallbackTask, { callbackTaskId: task?.callbackTaskId ?? "", result: "reached" }, agent);
    await missed(desk, "a", PHONE, "abandoned", 3);
    expect((await tasks(desk)).map(({ state, callIds }) => [state, callIds])).toEqual([["done", ["a"]]]);
  });

  it("after the task was done opens another", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE);
    const done = await desk.ask(
      completeCallbackTask,
      { callbackTaskId: (await tasks(desk))[0]?.callbackTaskId ?? "", result: "no_answer" },
      agent,
    );
    expect(done.callbackTask).toMatchObject({ state: "done", result: "no_answer" });
    desk.world.now += 1;
    await missed(desk, "b", PHONE);
    const open = await desk.ask(listCallbackTasks, { state: "open" }, agent);
    expect(open.callbackTasks.map(({ callIds }) => callIds)).toEqual([["b"]]);
  });

  it("and one without a number, answered or overflowed, becomes none", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", "");
    await missed(desk, "b", "anonymous");
    await missed(desk, "c", PHONE, "answered");
    await missed(desk, "d", PHONE, "overflow");
    expect(await tasks(desk)).toEqual([]);
  });

  it("but waited on in a further queue and was answered there needs no callback; missed again later, it does", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE, "timeout", 2);
    desk.world.now += 1_000;
    await missed(desk, "a", PHONE, "answered", 4);
    expect((await tasks(desk)).map(({ state, result }) => [state, result])).toEqual([["done", "reached"]]);
    desk.world.now += 1_000;
    await missed(desk, "a", PHONE, "abandoned", 6);
    expect((await tasks(desk)).map(({ state }) => state).sort()).toEqual(["done", "open"]);
  });

  it("after an agent had handed it on is still to be called back when the news of that agent comes once more", async () => {
    const desk = await seededDesk();
    const answeredAt = timestampFromMs(desk.world.now);
    desk.world.now += 60_000;
    await missed(desk, "a", PHONE, "abandoned", 6);
    await desk.publish(calls, "t1", "a", 2, { callId: "a", occurredAt: answeredAt, event: ends.answered });
    expect((await tasks(desk)).map(({ state, callIds }) => [state, callIds])).toEqual([["open", ["a"]]]);
  });

  it("and was answered then leaves to be called back what its number missed after that", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE, "timeout");
    desk.world.now += 1_000;
    const answeredAt = timestampFromMs(desk.world.now);
    desk.world.now += 1_000;
    await missed(desk, "b", PHONE);
    await desk.publish(calls, "t1", "a", 4, { callId: "a", occurredAt: answeredAt, event: ends.answered });
    expect((await tasks(desk)).map(({ state, callIds }) => [state, callIds])).toEqual([["open", ["b"]]]);
  });

  it("waits while telephony cannot be asked", async () => {
    const desk = await seededDesk();
    await expect(desk.publish(calls, "t1", "unknown", 2, { callId: "unknown", event: ends.abandoned })).rejects.toMatchObject({
      kind: "not_found",
    });
    expect(await tasks(desk)).toEqual([]);
  });

  it("leaves no number in any event", async () => {
    const desk = await seededDesk();
    await missed(desk, "a", PHONE);
    expect(desk.world.published.map(({ type }) => type)).toEqual(["opened"]);
    expect(Buffer.concat(desk.world.published.map(({ payload }) => payload)).toString("latin1")).not.toContain("139");
  });
});
