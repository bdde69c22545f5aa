import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { CallbackTaskService, RequestService } from "@trunkline/proto/service-desk";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { agent, openRepair, seededDesk } from "../seeded-desk.test-support.ts";

const { getRequest, listRequests, resolveRequest } = RequestService.method;
const calls = topic("telephony.call", CallEventSchema);

async function atCall() {
  const desk = await seededDesk();
  for (const callId of ["a", "b"]) desk.world.calls.set(callId, { number: "+8613900000001", customerId: "" });
  const open = async (customerId = "", callId = "a") => (await openRepair(desk, { customerId, callId })).requestId;
  const identified = async (n: number, customerId: string, previousCustomerId = "", at = desk.world.now) => {
    const value = { certainty: "sure", customerId, previousCustomerId };
    await desk.publish(calls, "t1", "a", n, { callId: "a", occurredAt: timestampFromMs(at), event: { case: "identified", value } });
  };
  const of = async (requestId: string) => (await desk.ask(getRequest, { requestId }, agent)).request;
  const customerOf = async (requestId: string) => (await of(requestId))?.customerId;
  return { desk, open, identified, of, customerOf };
}

describe("a request of a call whose caller becomes known", () => {
  it("is that customer's, once and for all to see; a request of another call, or of another customer, is not", async () => {
    const { desk, open, identified, of, customerOf } = await atCall();
    const requestId = await open();
    const others = [await open("", "b"), await open("c9")];
    await identified(5, "c1");
    await identified(5, "c1");
    const request = await of(requestId);
    expect(request).toMatchObject({ customerId: "c1", state: "new" });
    expect(request?.history.map(({ what, reason }) => [what, reason])).toEqual([
      ["opened", ""],
      ["customer_linked", "c1"],
    ]);
    expect(desk.world.published.filter(({ type }) => type === "customer_linked")).toHaveLength(1);
    expect((await desk.ask(listRequests, { customerId: "c1" }, agent)).requests.map((one) => one.requestId)).toEqual([requestId]);
    expect(await Promise.all(others.map(customerOf))).toEqual(["", "c9"]);
  });

  it("follows when the agent finds out that it is somebody else, and late news does not take it back", async () => {
    const { desk, open, identified, customerOf } = await atCall();
    const requestId = await open("c1");
    const before = desk.world.now;
    await identified(5, "c2", "c1");
    expect(await customerOf(requestId)).toBe("c2");
    desk.world.now += 1_000;
    await identified(6, "c1", "c2");
    await identified(5, "c2", "c1", before);
    expect(await customerOf(requestId)).toBe("c1");
    desk.world.now += 1_000;
    // Opened later, by somebody who knew who calls.
    const later = await open("c1");
    await identified(5, "c2", "c1", before);
    expect(await customerOf(later)).toBe("c1");
  });

  it("is theirs too when it was resolved meanwhile, and stays resolved", async () => {
    const { desk, open, identified, of } = await atCall();
    const requestId = await open();
    await desk.ask(resolveRequest, { requestId, resolution: "told how" }, agent);
    await identified(5, "c1");
    expect(await of(requestId)).toMatchObject({ customerId: "c1", state: "resolved" });
    await identified(6, "");
    expect(await of(requestId)).toMatchObject({ customerId: "c1" });
  });

  it("and so is the task to call them back", async () => {
    const { desk, identified } = await atCall();
    await desk.publish(calls, "t1", "a", 2, { callId: "a", event: { case: "abandoned", value: {} } });
    await identified(5, "c1");
    await identified(5, "c1");
    const { callbackTasks } = await desk.ask(CallbackTaskService.method.listCallbackTasks, {}, agent);
    expect(callbackTasks).toMatchObject([{ customerId: "c1", state: "open" }]);
    expect(desk.world.published.map(({ type }) => type)).toEqual(["opened", "customer_linked"]);
  });
});
