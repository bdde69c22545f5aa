import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { AgentSessionService, CallControlService, CallEventSchema, CallService } from "@trunkline/proto/telephony";
import { implement } from "@trunkline/rpc";
import { asking, type Who } from "@trunkline/rpc/asking";
import { answer, end, joinQueue, release } from "../domain/call.ts";
import { offer } from "../domain/call-offers.ts";
import { openFloor } from "../floor.test-support.ts";
import { changeMyMode } from "./change-my-mode.ts";
import { controlCall } from "./control-call.ts";
import { extendWrapUp } from "./extend-wrap-up.ts";
import { finishWrapUp } from "./finish-wrap-up.ts";
import { forceMode } from "./force-mode.ts";
import { getCall } from "./get-call.ts";
import { getMySession } from "./get-my-session.ts";
import { linkCaller } from "./link-caller.ts";
import { listCalls } from "./list-calls.ts";
import { listColleagueStates } from "./list-colleague-states.ts";
import { listSessions } from "./list-sessions.ts";
import { listenIn } from "./listen-in.ts";
import { placeCall } from "./place-call.ts";

const me: Who = { id: "a" };
const other: Who = { id: "b" };
const supervisor: Who = { id: "s", roles: ["supervisor"] };
const NUMBER = "+8613900000001";
const refusal = (code: string) => expect.objectContaining({ code });

/** A floor on which agent "a" has call "c1", or has had it. */
async function openCall(until: "ringing" | "talking" | "wrap_up" | "finished" = "talking") {
  const floor = await openFloor(["a", "b"]);
  const { context } = floor;
  const ask = asking([
    implement(CallService, context, { getCall, listCalls, linkCaller, finishWrapUp, extendWrapUp }),
    implement(CallControlService, context, { placeCall, controlCall, listenIn }),
  ]);
  const link = (who: Who, customerId = "wang") => ask(CallService.method.linkCaller, { callId: "c1", customerId }, who);
  const finish = (who: Who) => ask(CallService.method.finishWrapUp, { callId: "c1", disposition: "" }, who);
  await floor.comes("c1", "support", NUMBER);
  if (until !== "ringing") await floor.tell("c1", { decide: (call) => answer(call, "1001", "a", 0, floor.world.now) });
  const { wrapUp } = context.queues.of("t1", "support");
  if (until === "wrap_up" || until === "finished")
    await floor.tell("c1", { decide: (call) => release(call, "a", wrapUp, floor.world.now) });
  if (until === "finished") await finish(me);
  return {
    ask,
    floor,
    link,
    finish,
    place: (customerId: string, number = NUMBER) => ask(CallControlService.method.placeCall, { number, customerId }, me),
    [Symbol.asyncDispose]: () => floor[Symbol.asyncDispose](),
  };
}

describe("who is calling", () => {
  it.each(["talking", "wrap_up"] as const)("is said by the agent who has the call, or by a supervisor (%s)", async (state) => {
    await using open = await openCall(state);
    for (const who of [me, supervisor]) expect((await open.link(who)).call).toMatchObject({ customerId: "wang", certainty: "sure" });
    await expect(open.link(other)).rejects.toEqual(refusal("call_not_in_hand"));
  });

  it("is said by the agent whose phone rings, who sees who it may be", async () => {
    await using open = await openCall("ringing");
    await expect(open.link(me)).rejects.toEqual(refusal("call_not_in_hand"));
    const ring = { offerId: "o1", employeeId: "a", extension: "1001" };
    await open.floor.tell("c1", { decide: (call) => offer(call, ring, open.floor.world.now) });
    expect((await open.link(me)).call).toMatchObject({ customerId: "wang", certainty: "sure" });
    await expect(open.link(other)).rejects.toEqual(refusal("call_not_in_hand"));
  });

  it("is told with whom the caller was taken for until then", async () => {
    await using open = await openCall();
    for (const customerId of ["wang", "li"]) await open.link(me, customerId);
    await open.floor.drain();
    const told = open.floor.published
      .filter(({ type }) => type === "identified")
      .map(({ payload }) => fromBinary(CallEventSchema, payload));
    expect(told.map(({ event }) => event.value)).toMatchObject([
      { customerId: "wang", previousCustomerId: "" },
      { customerId: "li", previousCustomerId: "wang" },
    ]);
  });

  it("is not said by an agent who has not the call any more", async () => {
    await using open = await openCall("finished");
    for (const who of [me, other]) await expect(open.link(who)).rejects.toEqual(refusal("call_not_in_hand"));
    expect((await open.link(supervisor)).call?.customerId).toBe("wang");
  });

  it("is a customer who is there; while customer is away nobody can tell", async () => {
    await using open = await openCall();
    await expect(open.link(me, "no-such-customer")).rejects.toEqual(refusal("customer_not_found"));
    open.floor.exchange.customersAway = true;
    await expect(open.link(me)).rejects.toEqual(refusal("peer_unavailable"));
  });
});

describe("a wrap-up", () => {
  it.each(["ringing", "talking", "wrap_up", "finished"] as const)("is finished by nobody whose it is not (%s)", async (state) => {
    await using open = await openCall(state);
    await expect(open.finish(other)).rejects.toEqual(refusal("not_your_call"));
  });

  it("is finished by whose it is, twice if they ask twice, or by a supervisor", async () => {
    await using mine = await openCall("wrap_up");
    for (let n = 0; n < 2; n++) expect((await mine.finish(me)).call?.disposition).toBe("not_given");
    await using theirs = await openCall("wrap_up");
    expect((await theirs.finish(supervisor)).call).toMatchObject({ employeeId: "a", disposition: "not_given" });
  });

  it("takes a note also after it is over, and is made longer only by whose it is and while it lasts", async () => {
    await using over = await openCall("finished");
    const late = { callId: "c1", disposition: "solved", note: "calls again" };
    const { call } = await over.ask(CallService.method.finishWrapUp, late, me);
    expect(call).toMatchObject({ disposition: "solved", wrapUps: [{ employeeId: "a", note: "calls again" }] });
    const longer = (open: typeof over, who: Who) => open.ask(CallService.method.extendWrapUp, { callId: "c1" }, who);
    await expect(longer(over, me)).rejects.toEqual(refusal("wrap_up_over"));
    await using lasts = await openCall("wrap_up");
    await expect(longer(lasts, other)).rejects.toEqual(refusal("wrap_up_over"));
    expect((await longer(lasts, me)).until).toBeDefined();
  });
});

describe("a call out", () => {
  it.each([
    ["without a customer", ""],
    ["with somebody else's id", "li"],
    ["with their own id", "wang"],
  ])("to a number of somebody who wants no calls is refused %s", async (_how, customerId) => {
    await using open = await openCall();
    open.floor.exchange.numbers.set(NUMBER, ["wang"]);
    open.floor.exchange.closed.add("wang");
    await expect(open.place(customerId)).rejects.toEqual(refusal("contact_refused"));
    expect(open.floor.exchange.orders).toEqual([]);
  });

  it("asks for the one whose number it is and who was named, not for who shares it", async () => {
    await using open = await openCall();
    open.floor.exchange.numbers.set(NUMBER, ["wang", "li"]);
    open.floor.exchange.closed.add("wang");
    expect((await open.place("li")).call).toMatchObject({ customerId: "li", state: "dialling" });
  });

  it("is not made while customer is away, nor for a customer who is not there", async () => {
    await using open = await openCall();
    await expect(open.place("no-such-customer")).rejects.toEqual(refusal("customer_not_found"));
    open.floor.exchange.customersAway = true;
    await expect(open.place("")).rejects.toEqual(refusal("peer_unavailable"));
    expect(open.floor.exchange.orders).toEqual([]);
  });

  it("to a caller whom nobody answered is made without their number, which stays out of sight", async () => {
    await using open = await openCall("ringing");
    const back = () => open.ask(CallControlService.method.placeCall, { missedCallId: "c1" }, { id: "a", roles: ["masked_agent"] });
    await open.floor.tell("c1", { decide: (call) => end(call, 16, open.floor.world.now) });
    const { call } = await back();
    expect(call).toMatchObject({ state: "dialling", callerNumber: "+86139****0001" });
    expect((await open.floor.context.calls.get("t1", call?.callId ?? "")).callerNumber).toBe(NUMBER);
    expect(open.floor.exchange.orders).toEqual([`originate ${call?.callId}`]);
  });

  it("to a number of their own choice is not made by whoever may not ask who has it", async () => {
    await using open = await openCall("ringing");
    const dial = (customerId: string) =>
      open.ask(CallControlService.method.placeCall, { number: NUMBER, customerId }, { id: "a", roles: ["masked_agent"] });
    for (const customerId of ["", "li"]) await expect(dial(customerId)).rejects.toEqual(refusal("permission_denied"));
    expect(open.floor.exchange.orders).toEqual([]);
  });

  it("to the caller of a call that was answered is not made without their number", async () => {
    await using open = await openCall("finished");
    const back = open.ask(CallControlService.method.placeCall, { missedCallId: "c1" }, me);
    await expect(back).rejects.toEqual(refusal("call_not_missed"));
  });

  it("is one at a time from a phone, however often it is wished for, and one that was refused keeps no phone", async () => {
    await using open = await openCall("finished");
    await open.floor.drain();
    const wishes = await Promise.allSettled(Array.from({ length: 10 }, () => open.place("")));
    expect(wishes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(open.place("")).rejects.toEqual(refusal("agent_not_free"));
    await using refused = await openCall("finished");
    await refused.floor.drain();
    await expect(refused.place("no-such-customer")).rejects.toEqual(refusal("customer_not_found"));
    expect((await refused.place("")).call).toMatchObject({ state: "dialling" });
  });

  it("to a number that nobody has is made", async () => {
    await using open = await openCall();
    expect((await open.place("")).call).toMatchObject({ customerId: "", state: "dialling" });
  });
});

describe("a call that its agent hands on", () => {
  const transfer = (open: Awaited<ReturnType<typeof openCall>>, value: object, who = me) =>
    open.ask(CallControlService.method.controlCall, { callId: "c1", action: { action: { case: "transfer", value } } as never }, who);

  it("to a queue of the tenant shows the next agent who handed it on and their note, which the exchange is not told", async () => {
    await using open = await openCall();
    await transfer(open, { to: { case: "queue", value: "support" }, kind: "blind", note: " wants an invoice " });
    const { call } = await open.ask(CallService.method.getCall, { callId: "c1" }, other);
    expect(call?.handovers).toMatchObject([{ employeeId: "a", queue: "support", extension: "", note: "wants an invoice" }]);
    expect(open.floor.exchange.told).toEqual([
      expect.objectContaining({ to: { case: "queue", value: "support" }, kind: "blind", note: "" }),
    ]);
    expect(JSON.stringify(open.floor.published, (_, value) => (typeof value === "bigint" ? String(value) : value))).not.toContain(
      "invoice",
    );
  });

  it("to a colleague carries the note as well; only its own agent can, to a queue there is, without asking it first", async () => {
    await using open = await openCall();
    await transfer(open, { to: { case: "extension", value: "1002" }, kind: "attended", note: "" });
    const { call } = await open.ask(CallService.method.getCall, { callId: "c1" }, other);
    expect(call?.handovers).toMatchObject([{ employeeId: "a", extension: "1002", queue: "" }]);
    const toQueue = (value: string, kind = "blind", who = me) => transfer(open, { to: { case: "queue", value }, kind, note: "" }, who);
    await expect(toQueue("support", "blind", other)).rejects.toEqual(refusal("call_not_in_hand"));
    await expect(toQueue("nowhere")).rejects.toEqual(refusal("call_queue_not_found"));
    await expect(toQueue("support", "attended")).rejects.toEqual(refusal("field_invalid"));
    const toOneself = { to: { case: "extension", value: "1001" }, kind: "attended", note: "" };
    await expect(transfer(open, toOneself)).rejects.toEqual(refusal("transfer_to_oneself"));
    expect(open.floor.exchange.orders).toEqual(["transfer c1"]);
  });

  it("leaves nothing behind that the exchange refused, and what has no answer stands", async () => {
    await using open = await openCall();
    const { exchange, context } = open.floor;
    const notes = async () => ((await context.calls.get("t1", "c1")).handovers ?? []).map(({ note }) => note);
    const withNote = (note: string) => transfer(open, { to: { case: "extension", value: "1002" }, kind: "blind", note });
    exchange.refuses = true;
    await expect(withNote("refused")).rejects.toEqual(refusal("pbx_transfer_pending"));
    expect(await notes()).toEqual([]);
    exchange.refuses = false;
    exchange.away = true;
    await expect(withNote("perhaps")).rejects.toEqual(refusal("pbx_unavailable"));
    expect(await notes()).toEqual(["perhaps"]);
  });
});

describe("the result of who handed a call to another queue", () => {
  it("is one of those of the queue that they talked for", async () => {
    await using open = await openCall("ringing");
    const { context, world } = open.floor;
    const results = (code: string) => ({
      ...context.queues.of("t1", "x").wrapUp,
      dispositions: [{ code, name: code }],
      defaultDisposition: code,
    });
    await context.queues.put("t1", { ...context.queues.of("t1", "support"), wrapUp: results("repair") });
    await context.queues.put("t1", { ...context.queues.of("t1", "sales"), wrapUp: results("order") });
    const { wrapUp } = context.queues.of("t1", "support");
    await open.floor.tell(
      "c1",
      { decide: (call) => offer(call, { offerId: "o1", employeeId: "a", extension: "1001" }, world.now) },
      { decide: (call) => answer(call, "1001", "a", 0, world.now) },
      { decide: (call) => joinQueue(call, "sales", wrapUp, world.now + 1) },
    );
    const finish = (disposition: string) => open.ask(CallService.method.finishWrapUp, { callId: "c1", disposition }, me);
    await expect(finish("order")).rejects.toEqual(refusal("disposition_unknown"));
    expect((await finish("repair")).call).toMatchObject({ queue: "sales", state: "queued", wrapUps: [{ disposition: "repair" }] });
  });
});

describe("the mode of an employee", () => {
  it("without an extension is offline and cannot be another one", async () => {
    await using floor = await openFloor(["a"]);
    const { context } = floor;
    const ask = asking([
      implement(AgentSessionService, context, { getMySession, changeMyMode, listSessions, forceMode, listColleagueStates }),
    ]);
    const becomes = (mode: string, who: Who, reason = "") => ask(AgentSessionService.method.changeMyMode, { mode, reason }, who);
    for (const [mode, reason] of [["ready"], ["break", "lunch"]] as const)
      await expect(becomes(mode, supervisor, reason)).rejects.toEqual(refusal("extension_missing"));
    expect((await becomes("offline", supervisor)).session).toMatchObject({ mode: "offline" });
    expect((await becomes("ready", me)).session).toMatchObject({ mode: "ready", extension: "1001" });
  });
});
