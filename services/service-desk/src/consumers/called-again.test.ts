import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { CallbackTaskService } from "@trunkline/proto/service-desk";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { CLAIM_MS } from "../domain/callback-task.ts";
import { agent, seededDesk } from "../seeded-desk.test-support.ts";

const { claimCallbackTask, completeCallbackTask, listCallbackTasks, reopenCallbackTask } = CallbackTaskService.method;
const calls = topic("telephony.call", CallEventSchema);
const [PHONE, OTHER] = ["+8613900000001", "+8613900000002"];
const SECOND = 1_000;

/** The caller was missed in call "a", a moment ago. */
async function missedOnce() {
  const desk = await seededDesk();
  const tell = async (callId: string, n: number, what: "abandoned" | "answered", at = desk.world.now) => {
    const event = what === "abandoned" ? { case: what, value: { waitMs: 1n } } : { case: what, value: { employeeId: "agent" } };
    await desk.publish(calls, "t1", callId, n, { callId, occurredAt: timestampFromMs(at), event });
  };
  const from = (callId: string, number = PHONE, outbound = false) => desk.world.calls.set(callId, { number, customerId: "", outbound });
  for (const callId of ["a", "b", "c"]) from(callId);
  await tell("a", 2, "abandoned");
  desk.world.now += SECOND;
  const tasks = async () =>
    (await desk.ask(listCallbackTasks, {}, agent)).callbackTasks.map(({ state, result, callIds }) => [state, result, ...callIds]).sort();
  const only = async () => (await desk.ask(listCallbackTasks, {}, agent)).callbackTasks[0]?.callbackTaskId ?? "";
  return { desk, tell, call: from, tasks, only };
}

describe("who was missed, calls again and is answered", () => {
  it("needs no callback, and the task says so; who is missed after that has a new one", async () => {
    const { desk, tell, tasks } = await missedOnce();
    await tell("b", 3, "answered");
    expect(await tasks()).toEqual([["done", "called_again", "a"]]);
    await tell("a", 2, "abandoned", desk.world.now - SECOND);
    expect(await tasks()).toEqual([["done", "called_again", "a"]]);
    desk.world.now += SECOND;
    await tell("c", 2, "abandoned");
    expect(await tasks()).toEqual([
      ["done", "called_again", "a"],
      ["open", "", "c"],
    ]);
  });

  it("is still to be called back for what was missed after the answer, when news of that comes late or once more", async () => {
    const { desk, tell, tasks, only } = await missedOnce();
    const answeredAt = desk.world.now;
    desk.world.now += SECOND;
    await tell("c", 2, "abandoned");
    await tell("b", 3, "answered", answeredAt);
    expect(await tasks()).toEqual([["open", "", "a", "c"]]);
    await tell("b", 5, "answered", desk.world.now + 1);
    await desk.ask(reopenCallbackTask, { callbackTaskId: await only() }, agent);
    await tell("b", 5, "answered", desk.world.now + 1);
    expect(await tasks()).toEqual([["open", "", "a", "c"]]);
  });

  it("leaves the task with the person who has claimed it, for as long as they have", async () => {
    const { desk, tell, tasks, only } = await missedOnce();
    await desk.ask(claimCallbackTask, { callbackTaskId: await only() }, agent);
    await tell("b", 3, "answered");
    expect(await tasks()).toEqual([["open", "", "a"]]);
    const done = { callbackTaskId: await only(), result: "wrong_number" };
    await expect(desk.ask(completeCallbackTask, done, { ...agent, id: "another-agent" })).rejects.toMatchObject({
      code: "callback_task_claimed",
    });
    desk.world.now += CLAIM_MS;
    await tell("c", 3, "answered");
    expect(await tasks()).toEqual([["done", "called_again", "a"]]);
  });

  it("is nobody else, nor whom we called, nor a call that is known no more", async () => {
    const { tell, call, tasks } = await missedOnce();
    call("other", OTHER);
    call("ours", PHONE, true);
    for (const callId of ["other", "ours", "gone"]) await tell(callId, 3, "answered");
    expect(await tasks()).toEqual([["open", "", "a"]]);
  });
});
