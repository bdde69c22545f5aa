import { describe, expect, it } from "@jest/globals";
import { customerChannel } from "../../facts/call-keys.ts";
import { bridgeOf, legChannel, refOf } from "../routed/values.ts";
import { eslChannel, translateEsl } from "./events.ts";
import { idsOf } from "./lists.ts";
import { attestationOf, causeOf, type EslEvent, measuredOf, msOf, transferTarget, userOf } from "./values.ts";

const CALLER = "c44a48f3-a0df-410b-bb5b-627c00d941f0";
const OTHER = "6899d131-ef67-468c-a815-66719169a79b";
const LEG = legChannel({ role: "a", ref: refOf(CALLER), extension: "1001", id: "offer-1" });
const AT = 1_795_347_084_481;

function event(name: string, id: string, more: EslEvent = {}): EslEvent {
  return { "Event-Name": name, "Event-Date-Timestamp": `${AT}123`, "Unique-ID": id, ...more };
}

function meaning(one: EslEvent): string[] {
  return translateEsl(one).map(({ type, channel, target, exten, cause }) =>
    [type, channel.id, target.id, exten, cause || ""].filter((part) => part !== "").join(" "),
  );
}

describe("what an event of FreeSWITCH means", () => {
  it("a parked line is ours where the dial plan or our own order says so", () => {
    const parked = event("CHANNEL_PARK", CALLER, { variable_trunkline_queue: "support", variable_trunkline_dialed: "400" });
    expect(translateEsl(parked)).toMatchObject([
      { type: "entered", at: AT, args: ["support", "", ""], channel: { exten: "400", app: "trunkline" } },
    ]);
    expect(meaning(event("CHANNEL_PARK", CALLER))).toEqual([]);
    expect(meaning(event("CHANNEL_PARK", LEG))).toEqual([`entered ${LEG}`]);
    const customer = customerChannel("out-1", AT);
    expect(translateEsl(event("CHANNEL_PARK", customer, { variable_trunkline_number: "137" }))).toMatchObject([
      { type: "entered", args: ["customer", "137"] },
    ]);
  });

  it("a phone is dialled, rings and is picked up", () => {
    const state = (name: string, more: EslEvent = {}) => translateEsl(event(name, LEG, more)).map(({ channel }) => channel.state);
    // FreeSWITCH calls a line "ringing" from its making.
    expect(state("CHANNEL_CREATE", { "Answer-State": "ringing", "Channel-Call-State": "DOWN" })).toEqual(["Down"]);
    expect(state("CHANNEL_PROGRESS", { "Answer-State": "ringing", "Channel-Call-State": "DOWN" })).toEqual(["Ringing"]);
    expect(state("CHANNEL_PROGRESS_MEDIA", { "Channel-Call-State": "EARLY" })).toEqual(["Ringing"]);
    expect(state("CHANNEL_ANSWER", { "Answer-State": "answered" })).toEqual(["Up"]);
    expect(eslChannel(event("CHANNEL_DATA", LEG, { "Channel-Call-State": "HELD" })).state).toBe("Up");
  });

  it("two lines hear each other in a bridge of ours, or in one of somebody else", () => {
    const sides = { "Bridge-A-Unique-ID": CALLER, "Bridge-B-Unique-ID": LEG };
    expect(translateEsl(event("CHANNEL_BRIDGE", CALLER, sides))).toMatchObject([
      { type: "joined", bridge: { id: bridgeOf(refOf(CALLER)), channels: [CALLER, LEG] } },
    ]);
    const reversed = { "Bridge-A-Unique-ID": LEG, "Bridge-B-Unique-ID": CALLER };
    expect(translateEsl(event("CHANNEL_BRIDGE", LEG, reversed))).toMatchObject([{ bridge: { channels: [LEG, CALLER] } }]);
    const foreign = { "Bridge-A-Unique-ID": CALLER, "Bridge-B-Unique-ID": OTHER, "Caller-Callee-ID-Number": "1002" };
    expect(meaning(event("CHANNEL_BRIDGE", CALLER, foreign))).toEqual([`reached ${CALLER} ${OTHER}`, `reached ${OTHER} ${CALLER}`]);
    expect(translateEsl(event("CHANNEL_BRIDGE", CALLER, foreign))[0]?.target.exten).toBe("1002");
    expect(meaning(event("CHANNEL_UNBRIDGE", CALLER, sides))).toEqual([`parted ${CALLER}`, `parted ${LEG}`]);
    expect(meaning(event("CHANNEL_BRIDGE", CALLER))).toEqual([]);
  });

  it("a transfer by the agent's phone shows in where the caller was sent, or in why the phone went", () => {
    const sides = { "Bridge-A-Unique-ID": CALLER, "Bridge-B-Unique-ID": LEG };
    const source = (to: string) => ({ ...sides, variable_transfer_source: `1795347084:${OTHER}:${to}` });
    expect(meaning(event("CHANNEL_UNBRIDGE", CALLER, source("bl_xfer:1002/default/XML")))[0]).toBe(`transferred_blind ${LEG} 1002`);
    expect(meaning(event("CHANNEL_UNBRIDGE", CALLER, source("bl_xfer:park/default/inline")))).toEqual([
      `parted ${CALLER}`,
      `parted ${LEG}`,
    ]);
    expect(meaning(event("CHANNEL_UNBRIDGE", CALLER, source(`uuid_br:${LEG}`))).length).toBe(2);
    expect(meaning(event("CHANNEL_HANGUP_COMPLETE", LEG, { "Hangup-Cause": "ATTENDED_TRANSFER" }))).toEqual([
      `transferred_attended ${LEG}`,
      `gone ${LEG} 16`,
    ]);
    expect(transferTarget(`1:${OTHER}:bl_xfer:${"9".repeat(200)}/c/XML`)).toBe("9".repeat(64));
  });

  it("a line ends with a cause, also one that never came to be", () => {
    const gone = (cause: string, q850 = "") =>
      meaning(event("CHANNEL_HANGUP_COMPLETE", LEG, { "Hangup-Cause": cause, variable_hangup_cause_q850: q850 }));
    expect(gone("USER_BUSY", "17")).toEqual([`gone ${LEG} 17`]);
    // FreeSWITCH calls every cause of its own normal clearing there.
    expect(gone("USER_NOT_REGISTERED", "16")).toEqual([`gone ${LEG} 20`]);
    expect(gone("SOMETHING_NEW", "88")).toEqual([`gone ${LEG} 88`]);
    expect(gone("toString", "x")).toEqual([`gone ${LEG}`]);
    expect(meaning(event("CHANNEL_HANGUP", CALLER))).toEqual([`hanging_up ${CALLER}`]);
    const job = (id: string, body: string) => meaning({ "Event-Name": "BACKGROUND_JOB", "Job-UUID": id, _body: body });
    expect(job(LEG, "-ERR USER_NOT_REGISTERED\n")).toEqual([`gone ${LEG} 20`]);
    expect(job(LEG, `+OK ${LEG}\n`)).toEqual([]);
    expect(job("tl-job-1", "-ERR USER_BUSY\n")).toEqual([]);
  });

  it("phones hold by themselves; whatever else happens means nothing", () => {
    expect(meaning(event("CHANNEL_HOLD", LEG))).toEqual([`phone_held ${LEG}`]);
    expect(meaning(event("CHANNEL_UNHOLD", LEG))).toEqual([`phone_resumed ${LEG}`]);
    expect(translateEsl(event("DTMF", CALLER, { "DTMF-Digit": "1" }))).toMatchObject([{ type: "pressed", digit: "1" }]);
    expect(meaning(event("CHANNEL_EXECUTE", LEG))).toEqual([]);
    expect(meaning({})).toEqual([]);
  });

  it("a hidden number is withheld, and a name that only repeats the number is none", () => {
    const caller = (more: EslEvent) => eslChannel(event("CHANNEL_PARK", CALLER, { "Caller-Caller-ID-Number": "138", ...more }));
    expect(caller({ "Caller-Caller-ID-Name": "138" })).toMatchObject({ number: "138", callerName: "" });
    expect(
      caller({ "Caller-Privacy-Hide-Number": "true", "Caller-Privacy-Hide-Name": "true", "Caller-Caller-ID-Name": "Li" }),
    ).toMatchObject({
      number: "anonymous",
      callerName: "",
    });
    expect(caller({ "Caller-Caller-ID-Number": ["1", "2"] })).toMatchObject({ number: "" });
  });

  it("a signature counts with its level only, a recording if it is ours, a measurement if there is one", () => {
    const verdict = (said: string) => attestationOf({ variable_sip_verstat_detailed: said });
    expect(["Passed-A", "Passed-C", "Failed", "Failed-C", "Passed", "Passed-AB"].map((said) => verdict(`TN-Validation-${said}`))).toEqual([
      "A",
      "C",
      "failed",
      "failed",
      "",
      "",
    ]);
    const stop = (file: string) => event("RECORD_STOP", CALLER, { "Record-File-Path": file, variable_record_ms: "2500" });
    expect(translateEsl(stop("/rec/trunkline-1.wav"))).toMatchObject([
      { type: "recording_over", durationMs: 2500, bridge: { id: bridgeOf(refOf(CALLER)) } },
    ]);
    expect(translateEsl(stop("/rec/somebody.wav"))).toEqual([]);
    const heard = (mos: string, packets: string, lost: string) =>
      measuredOf({
        variable_rtp_audio_in_mos: mos,
        variable_rtp_audio_in_packet_count: packets,
        variable_rtp_audio_in_skip_packet_count: lost,
      });
    expect([heard("4.50", "900", "100"), heard("0.00", "9", "0"), heard("4.5", "0", "0"), heard("NaN", "9", "1e9")]).toEqual([
      { mos: 4.5, lossPercent: 10 },
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("reads instants, causes, users and lists, and nothing from what is none", () => {
    expect([msOf("1795347084481123"), msOf("0"), msOf("yesterday"), msOf("17953470844811234")]).toEqual([AT, 0, 0, 0]);
    expect([causeOf("NORMAL_CLEARING"), causeOf("__proto__"), causeOf("", "4000")]).toEqual([16, 0, 0]);
    expect([userOf("sofia/internal/1002@10.0.0.5:5060"), userOf("user/1002"), userOf("loopback")]).toEqual(["1002", "1002", ""]);
    expect(idsOf('{"row_count":0}\n')).toEqual([]);
    expect(idsOf(JSON.stringify({ row_count: 3, rows: [{ uuid: CALLER }, { uuid: "a b" }, 7] }))).toEqual([CALLER]);
    for (const list of ["", "-ERR", '{"rows":{}}', "[]"]) expect(() => idsOf(list)).toThrow(/no list/);
  });
});
