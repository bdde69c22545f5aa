import { describe, expect, it } from "@jest/globals";
import { stateOf } from "../domain/agent-session.ts";
import { asksOnExchange } from "../domain/call-offers.ts";
import { unsetQueue } from "../domain/call-queue.ts";
import { startRecording } from "../domain/recording.ts";
import { distribute, EXCHANGE, NO_CALLS_OUT, openFloor, TENANT } from "../floor.test-support.ts";
import { decideFact } from "../intake/decide-fact.ts";

const line = { ...NO_CALLS_OUT, ring: async () => undefined, hangUp: async () => undefined, resync: async () => undefined };
type Fact = Parameters<typeof decideFact>[0];

/** Agent "a" has the caller and asks "b". */
async function asking(queue: Parameters<typeof openFloor>[1] = {}) {
  const floor = await openFloor(["a", "b"], queue);
  await floor.comes("c1");
  await distribute(floor.context, EXCHANGE, line);
  await floor.drain();
  const [offer] = (await floor.context.calls.get(TENANT, "c1")).offers;
  await floor.accepts("c1", offer?.offerId ?? "");
  await floor.drain();
  const first = offer?.employeeId ?? "";
  const [extension, other, second] = first === "a" ? ["1001", "1002", "b"] : ["1002", "1001", "a"];
  const tells = async (...facts: Fact[]) => {
    for (const fact of facts) {
      const employeeId = "extension" in fact ? (fact.extension === other ? second : first) : "";
      const queueOf = () => unsetQueue("support", 10_000);
      await floor.tell("c1", { decide: decideFact(fact, { employeeId, callId: "c1", queueOf, dialsOut: true }) });
    }
    await floor.drain();
  };
  const at = floor.world.now;
  const caller = { callerNumber: "", callerName: "", callerFlags: [], dialedNumber: "" } as const;
  await tells(
    { kind: "agent_offered", at, ...caller, extension: other, queue: "", via: "transfer", offerId: "t1" },
    { kind: "call_held", at, extension },
  );
  const last = async (who: string, type: string) => (await floor.desktop(who)).findLast((frame) => frame.type === type);
  const state = async (who: string) => stateOf(await floor.context.sessions.find(TENANT, who, floor.world.now)).state;
  return { floor, tells, last, state, at, extension, other, first, second };
}

describe("an agent who asks a colleague", () => {
  it("sees that on every desktop for as long as it lasts, also on one that is opened meanwhile", async () => {
    const { floor, tells, last, at, other, first } = await asking();
    await using _ = floor;
    expect(await last(first, "call")).toMatchObject({ state: "held", asks: other });
    await tells({ kind: "agent_offer_ended", at, extension: other, reason: "rejected", ringMs: 1, offerId: "t1" });
    expect(await last(first, "call")).not.toHaveProperty("asks");
  });

  it("and who is asked are told when the colleague picks up, who has no ring then and no other call", async () => {
    const { floor, tells, last, state, at, other, second } = await asking();
    await using _ = floor;
    expect(await state(second)).toBe("ringing");
    await tells({ kind: "agent_consulted", at, extension: other, offerId: "t1" });
    expect(await last(second, "call")).toMatchObject({ state: "consulting" });
    expect(await state(second)).toBe("talking");
    await floor.comes("c2");
    await distribute(floor.context, EXCHANGE, line);
    expect((await floor.context.calls.get(TENANT, "c2")).offers).toEqual([]);
    // Longer than it takes until work that no call names is looked for.
    await floor.pass(180_000);
    expect(await state(second)).toBe("talking");
    await tells({ kind: "agent_offer_ended", at, extension: other, reason: "cancelled", ringMs: 1, offerId: "t1" });
    expect(await state(second)).not.toBe("talking");
  });

  it("is told of nothing that came late: of a ring that is over, or by its former name", async () => {
    const { floor, tells, state, at, other, second } = await asking();
    await using _ = floor;
    await tells({ kind: "agent_consulted", at, extension: other, offerId: "t0" });
    expect(await state(second)).toBe("ringing");
    await tells({ kind: "agent_offer_ended", at, extension: other, reason: "rejected", ringMs: 1, offerId: "not-stored-so" });
    expect(await state(second)).toBe("ready");
  });

  it("has nobody more who asks or is asked when the exchange shows the talk alone", async () => {
    const { floor, tells, last, state, at, other, first, second } = await asking();
    await using _ = floor;
    await tells({ kind: "agent_consulted", at, extension: other, offerId: "t1" });
    await floor.tell("c1", { decide: (call) => asksOnExchange(call, [other], at + 1, at + 2) });
    expect(await state(second)).toBe("talking");
    await floor.tell("c1", { decide: (call) => asksOnExchange(call, [], at + 1, at + 2) });
    await floor.drain();
    expect(await state(second)).toBe("ready");
    expect(await last(first, "call")).not.toHaveProperty("asks");
  });

  it("whose caller nobody takes has them back in the queue where they waited, whatever the exchange calls it", async () => {
    const { floor, tells, at, extension } = await asking();
    await using _ = floor;
    const caller = { callerNumber: "", callerName: "", callerFlags: [], dialedNumber: "" } as const;
    await tells(
      { kind: "agent_released", at, extension, reason: "transferred", talkMs: 1 },
      { kind: "call_queued", at: at + 1, ...caller, queue: "reception", position: 1, again: true },
    );
    expect(await floor.context.calls.get(TENANT, "c1")).toMatchObject({ state: "queued", queue: "support" });
  });

  it("hands over a recorded call: the next one sees that it is recorded", async () => {
    const { floor, tells, last, at, extension, other, second } = await asking({ recording: { mode: "all", keepDays: 30 } } as never);
    await using _ = floor;
    await floor.tell("c1", { decide: (call) => startRecording(call, { keepDays: 30, elsewhere: false }, at) });
    await tells({ kind: "agent_consulted", at, extension: other, offerId: "t1" });
    expect(await last(second, "recording")).toBeUndefined();
    await tells(
      { kind: "call_resumed", at, extension },
      { kind: "agent_released", at, extension, reason: "transferred", talkMs: 1 },
      { kind: "call_answered", at, extension: other, queue: "", via: "transfer", offerId: "t1", waitMs: 1, waitExact: true },
    );
    expect(await last(second, "recording")).toMatchObject({ state: "recording" });
  });
});
