import { afterEach, describe, expect, it } from "@jest/globals";
import { closeAll, codeOf } from "../../../fixtures/connection-rig.ts";
import { type EslRig, liveEsl } from "../../../fixtures/esl/rig.ts";
import { isCustomer } from "../../facts/call-keys.ts";

afterEach(closeAll);

const FROM = "13800138000";
const OFFER = { offerId: "offer-1001", extension: "1001", timeoutMs: 10_000 };

/** A caller who waits, and rings at 1001. */
async function ringing(behaviour: Parameters<ReturnType<EslRig["pbx"]["phone"]>["behave"]>[0] = "rings") {
  const rig = await liveEsl();
  rig.pbx.phone("1001").behave(behaviour);
  const caller = rig.pbx.call(FROM);
  const key = await rig.waiting(FROM);
  await rig.connection.ring(key, OFFER);
  return { ...rig, caller, key };
}

async function talking() {
  const rig = await ringing({ answerMs: 0 });
  await rig.until("call_answered");
  return rig;
}

/** Resolves with the end of the call. */
async function over({ until }: Pick<EslRig, "until">): Promise<void> {
  await until("call_ended");
}

const TALK = ["queued support 1 from 13800138000", "offered 1001 via queue", "answered 1001 via queue"];
const HANDED_ON = ["answered 1002 via transfer", "released 1002 caller_hung_up", "ended 16"];

describe("a call on FreeSWITCH", () => {
  it("waits with music, is answered by the agent, and ends when the caller hangs up", async () => {
    const rig = await talking();
    const { id } = rig.caller;
    rig.caller.hangUp();
    await over(rig);
    expect(rig.told()).toEqual([...TALK, "released 1001 caller_hung_up", "ended 16"]);
    const commands = rig.pbx.commands();
    expect(commands.filter((one) => one.includes(id) && !one.startsWith("uuid_setvar")).map((one) => one.replaceAll(id, "CALLER"))).toEqual(
      [
        "uuid_answer CALLER",
        "uuid_broadcast CALLER local_stream://moh aleg",
        "uuid_break CALLER all",
        expect.stringMatching(/^uuid_bridge CALLER tl-a\./),
      ],
    );
    expect(commands.find((one) => one.startsWith("originate"))).toMatch(
      /^originate \{origination_uuid=tl-a\.[^,]+,origination_caller_id_number=13800138000,.*,ignore_early_media=true,.*\}user\/1001 &park\(\)$/,
    );
    expect((await rig.until("call_queued")).callKey).toEqual({ linkedid: id, startedAt: expect.any(Number) });
    expect(rig.key.startedAt).toBeGreaterThan(Date.now() - 60_000);
    // The phone is hung up, too.
    await rig.connection.resync();
    expect(rig.pbx.witness().at(-1)).toMatchObject({ kind: "phone_gone", extension: "1001" });
  });

  it("ends for the caller when the agent hangs up, or when we say so", async () => {
    const first = await talking();
    first.pbx.phone("1001").hangUp();
    await over(first);
    expect(first.told()).toEqual([...TALK, "released 1001 agent_hung_up", "ended 16"]);
    const second = await talking();
    await second.connection.hangUp(second.key);
    await second.caller.ended;
    await over(second);
    expect(second.told()).toEqual([...TALK, "released 1001 agent_hung_up", "ended 16"]);
  });

  it.each([
    ["busy", { busyMs: 0 }, "busy"],
    ["reject", { rejectMs: 0 }, "rejected"],
    ["not registered", "not_there", "unavailable"],
  ] as const)("goes on waiting when the phone is %s", async (_, behaviour, reason) => {
    const rig = await ringing(behaviour);
    await rig.until("agent_offer_ended");
    await rig.connection.ring(rig.key, { ...OFFER, offerId: "offer-1002", extension: "1002" });
    rig.pbx.phone("1002").answer();
    await rig.until("call_answered");
    expect(rig.told()).toEqual([...TALK.slice(0, 2), `offer ended 1001 ${reason}`, "offered 1002 via queue", "answered 1002 via queue"]);
  });

  it("is not offered on when nobody answers in time, the offer is taken back, or is not current any more", async () => {
    const rig = await ringing();
    await rig.connection.withdraw(rig.key, OFFER.offerId);
    expect(await rig.until("agent_offer_ended")).toMatchObject({ reason: "cancelled", offerId: "offer-1001" });
    await rig.connection.ring(rig.key, { ...OFFER, offerId: "offer-2", timeoutMs: 20 });
    expect(await rig.until("agent_offer_ended", ({ offerId }) => offerId === "offer-2")).toMatchObject({ reason: "no_answer" });
    await rig.connection.ring(rig.key, { ...OFFER, offerId: "stale-3" });
    rig.pbx.phone("1001").answer();
    expect(await rig.until("agent_offer_ended", ({ offerId }) => offerId === "stale-3")).toMatchObject({ reason: "cancelled" });
    rig.caller.hangUp();
    await over(rig);
    expect(rig.told().slice(-2)).toEqual(["abandoned support", "ended 16"]);
    expect(rig.pbx.witness().filter(({ kind }) => kind === "met")).toEqual([]);
  });

  it("is held and taken back, by us and by the agent's own phone", async () => {
    const rig = await talking();
    await rig.connection.hold(rig.key);
    await rig.until("call_held");
    expect(rig.pbx.witness().at(-1)).toMatchObject({ kind: "parted", extension: "1001" });
    await rig.connection.resume(rig.key);
    await rig.until("call_resumed");
    expect(rig.pbx.witness().at(-1)).toMatchObject({ kind: "met", extension: "1001" });
    rig.pbx.phone("1001").hold();
    rig.pbx.phone("1001").unhold();
    await rig.until("call_resumed", ({ seq }) => seq > 7);
    expect(rig.told().slice(TALK.length)).toEqual([
      "call_held by 1001",
      "call_resumed by 1001",
      "call_held by 1001",
      "call_resumed by 1001",
    ]);
  });

  it("is transferred blind: the first agent is off while the second phone rings", async () => {
    const rig = await talking();
    await rig.connection.transfer(rig.key, { destination: "1002", kind: "blind" });
    await rig.until("agent_offered", ({ extension }) => extension === "1002");
    rig.pbx.phone("1002").answer();
    await rig.until("call_answered", ({ extension }) => extension === "1002");
    rig.caller.hangUp();
    await over(rig);
    const handedOver = ["transferred blind 1001 to 1002", "released 1001 transferred", "offered 1002 via transfer"];
    expect(rig.told()).toEqual([...TALK, ...handedOver, ...HANDED_ON]);
  });

  it("is transferred after a talk: the caller hears music meanwhile, and comes back when the second agent goes", async () => {
    const rig = await talking();
    const consult = async () => {
      await rig.connection.transfer(rig.key, { destination: "1002", kind: "attended" });
      const seq = rig.facts.length;
      await rig.until("agent_offered", (fact) => fact.extension === "1002" && fact.seq >= seq - 1);
    };
    await consult();
    await rig.until("call_held");
    rig.pbx.phone("1002").reject();
    await rig.until("call_resumed");
    rig.pbx.phone("1002").behave({ answerMs: 0 });
    const before = rig.facts.length;
    await rig.connection.transfer(rig.key, { destination: "1002", kind: "attended" });
    await rig.until("call_held", ({ seq }) => seq > before);
    await rig.until("agent_consulted");
    rig.pbx.phone("1001").hangUp();
    await rig.until("call_answered", ({ extension }) => extension === "1002");
    rig.caller.hangUp();
    await over(rig);
    expect(rig.told().slice(TALK.length)).toEqual([
      "offered 1002 via transfer",
      "call_held by 1001",
      "offer ended 1002 rejected",
      "call_resumed by 1001",
      "offered 1002 via transfer",
      "call_held by 1001",
      "agent_consulted",
      "call_resumed by 1001",
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      ...HANDED_ON,
    ]);
  });

  it("is handed on by the agent's own phone, blind and after a talk", async () => {
    const blind = await talking();
    blind.pbx.phone("1001").refer("1002");
    blind.pbx.phone("1002").answer();
    await blind.until("call_answered", ({ extension }) => extension === "1002");
    blind.caller.hangUp();
    await over(blind);
    expect(blind.told()).toEqual([...TALK, "transferred blind 1001 to 1002", "released 1001 transferred", ...HANDED_ON]);
    const attended = await talking();
    attended.pbx.phone("1001").putThrough("1002");
    await attended.until("call_answered", ({ extension }) => extension === "1002");
    attended.pbx.phone("1002").hangUp();
    await over(attended);
    expect(attended.told()).toEqual([
      ...TALK,
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      "answered 1002 via transfer",
      "released 1002 agent_hung_up",
      "ended 16",
    ]);
  });

  it("leaves the queue when the exchange gives the caller to somebody else", async () => {
    const rig = await ringing();
    rig.pbx.takeOut(rig.caller.id);
    await rig.until("call_left_queue");
    await rig.until("agent_offer_ended");
    rig.caller.hangUp();
    await over(rig);
    expect(rig.told().slice(2)).toEqual(["call_left_queue withdrawn", "offer ended 1001 cancelled", "ended 16"]);
  });

  it("the other way round rings the agent first and then dials the number", async () => {
    const rig = await liveEsl();
    rig.pbx.phone("1001").behave({ answerMs: 0 });
    const out = { extension: "1001", number: "13700137000", callerNumber: "4001", dialOut: "sofia/gateway/trunk/{number}", at: Date.now() };
    await rig.connection.originate({ id: "out-1", ...out });
    await rig.until("call_answered");
    rig.pbx.phone("1001").hangUp();
    await over(rig);
    expect(rig.told()).toEqual(["offered 1001 via outbound", "answered 1001 via outbound", "released 1001 agent_hung_up", "ended 16"]);
    expect(isCustomer((await rig.until("call_answered")).callKey.linkedid)).toBe(true);
    rig.pbx.outside(() => ({ busyMs: 0 }));
    await rig.connection.originate({ id: "out-2", ...out });
    await rig.until("call_ended", ({ causeCode }) => causeCode === 17);
    expect(rig.told().slice(4)).toEqual(["offered 1001 via outbound", "offer ended 1001 cancelled", "ended 17"]);
  });

  it("is made to a customer who is to wait for an agent, and knows the key that a waiting caller presses", async () => {
    const rig = await liveEsl();
    const out = { number: "13700137000", callerNumber: "4001", dialOut: "sofia/gateway/trunk/{number}", at: Date.now() };
    await rig.connection.callIntoQueue({ id: "back-1", ...out, queue: "support" });
    const key = await rig.waiting("13700137000");
    expect(await rig.until("call_queued")).toMatchObject({ queue: "support" });
    rig.pbx.phone("1001").behave({ answerMs: 0 });
    await rig.connection.ring(key, OFFER);
    await rig.until("call_answered");
    const caller = rig.pbx.call(FROM);
    await rig.waiting(FROM);
    caller.press("1");
    expect(await rig.until("caller_pressed")).toMatchObject({ key: "1", callKey: { linkedid: caller.id } });
    expect(rig.pbx.witness()).toContainEqual(expect.objectContaining({ kind: "met", caller: key.linkedid, extension: "1001" }));
  });

  it("says who calls as it is: withheld, hidden, long, garbage", async () => {
    const rig = await liveEsl();
    rig.pbx.call("anonymous");
    rig.pbx.call("13900000001", "support", { hidden: true, name: "Li" });
    rig.pbx.call("9".repeat(200), "support", { name: "A\r\nB\u0000C" });
    await rig.untilFacts(4);
    expect(rig.facts.slice(1)).toMatchObject([
      { kind: "call_queued", callerNumber: "", callerFlags: ["withheld"], dialedNumber: "400" },
      { callerNumber: "", callerName: "", callerFlags: ["withheld"] },
      { callerNumber: "9".repeat(64), callerName: "ABC", callerFlags: ["cleaned", "cut"] },
    ]);
  });

  it("is recorded on the caller's line, and tells how well the caller was heard and what the network says of the number", async () => {
    const rig = await liveEsl({ recordings: "/rec" });
    rig.pbx.phone("1001").behave({ answerMs: 0 });
    const caller = rig.pbx.call(FROM, "support", { verstat: "TN-Validation-Passed-B" });
    expect(await rig.until("call_queued")).toMatchObject({ callerVerdict: "partial" });
    const key = await rig.waiting(FROM);
    expect(await codeOf(rig.connection.record(key, "call-7"))).toBe("rule_violated pbx_call_not_talking");
    await rig.connection.ring(key, OFFER);
    await rig.until("call_answered");
    await rig.connection.record(key, "call-7");
    await rig.connection.pauseRecording(key, "call-7");
    await rig.connection.resumeRecording(key, "call-7");
    expect(await codeOf(rig.connection.record(key, "../x"))).toBe("invalid pbx_id_invalid");
    expect(rig.pbx.commands().filter((one) => one.startsWith("uuid_record"))).toEqual(
      ["start", "mask", "unmask"].map((verb) => `uuid_record ${caller.id} ${verb} /rec/trunkline-call-7.wav`),
    );
    caller.hangUp();
    await over(rig);
    expect(await rig.until("recording_ended")).toMatchObject({ callKey: key });
    expect(await rig.until("call_quality")).toMatchObject({ mos: 4.3, lossPercent: 1 });
    const bare = await talking();
    expect(await codeOf(bare.connection.record(bare.key, "call-8"))).toBe("rule_violated recording_not_set_up");
  });

  it("refuses what cannot be done", async () => {
    const rig = await ringing();
    expect(await codeOf(rig.connection.ring(rig.key, { ...OFFER, extension: "10\r\n01" }))).toBe("invalid pbx_extension_invalid");
    expect(await codeOf(rig.connection.hold(rig.key))).toBe("rule_violated pbx_call_not_talking");
    const out = { id: "x", extension: "1001", number: "1", callerNumber: "", dialOut: "user/{x}{number}", at: Date.now() };
    rig.pbx.phone("1001").behave({ answerMs: 0 });
    await rig.connection.originate(out);
    expect(await rig.until("call_ended")).toMatchObject({ causeCode: 16 });
  });
});
