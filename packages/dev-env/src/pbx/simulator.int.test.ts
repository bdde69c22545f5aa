import { createHash } from "node:crypto";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "@jest/globals";
import { answer, client, closeAll, loggedIn, recording, simulator, USER } from "./test-client.ts";

afterEach(closeAll);

describe("the simulated PBX as a server", () => {
  it("lets in by plain secret and by challenge, and nobody else", async () => {
    const pbx = await simulator();
    const plain = await client(pbx.port);
    expect((await plain.send("Action: Ping")).values.get("Message")).toBe("Permission denied");
    expect((await plain.send(`Action: Login|Username: cti|Secret: ${USER.secret}`)).values.get("Message")).toBe("Authentication accepted");
    const md5 = await client(pbx.port);
    const challenge = (await md5.send("Action: Challenge|AuthType: MD5")).values.get("Challenge") ?? "";
    const key = createHash("md5")
      .update(challenge + USER.secret)
      .digest("hex");
    expect((await md5.send(`Action: Login|AuthType: MD5|Username: cti|Key: ${key}`)).values.get("Response")).toBe("Success");
    expect(pbx.clients()).toBe(2);
    const wrong = await client(pbx.port);
    expect((await wrong.send("Action: Login|Username: cti|Secret: no")).values.get("Message")).toBe("Authentication failed");
    await once(wrong.socket, "close");
  });

  it("sends each client the classes it asked for", async () => {
    const pbx = await simulator();
    const all = await loggedIn(pbx.port);
    const some = await loggedIn(pbx.port, "agent");
    const none = await loggedIn(pbx.port, "off");
    answer(pbx).hangup("caller");
    for (const one of [all, some, none]) await one.send("Action: Ping");
    expect(all.frames().some(({ name }) => name === "VarSet")).toBe(true);
    expect(new Set(some.frames().flatMap(({ values }) => values.get("Privilege") ?? []))).toEqual(new Set(["agent,all"]));
    expect(none.frames().some(({ keys }) => keys[0] === "Event")).toBe(false);
    expect((await none.send("Action: Events|EventMask: on")).values.get("Events")).toBe("On");
    expect((await none.send("Action: Logoff")).name).toBe("Goodbye");
  });

  it("rings free members in turn by itself, the next one when the first does not answer", async () => {
    const pbx = await simulator({ autoRing: { ringMs: 10 } });
    const one = await loggedIn(pbx.port);
    await one.send("Action: QueuePause|Interface: PJSIP/agent1002|Paused: true");
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    await one.until("Event: AgentCalled", 3);
    const rung = one
      .frames()
      .filter(({ name }) => name === "AgentCalled")
      .map(({ values }) => values.get("MemberName"));
    expect(rung.slice(0, 3)).toEqual(["Agent/1001", "Agent/1003", "Agent/1001"]);
    call.answer(call.ringing()[0] ?? "");
    expect(call.phase()).toBe("talking");
  });

  it("has phones answer by themselves, one call a phone", async () => {
    const pbx = await simulator({ autoRing: { answerMs: 1 } });
    const one = await loggedIn(pbx.port);
    for (let i = 0; i < 4; i++) pbx.placeCall({ from: `1380013800${i}`, queue: "support" });
    await one.until("Event: AgentConnect", 3);
    const phases = [...pbx.calls().values()].map((call) => call.phase());
    expect(phases.sort()).toEqual(["talking", "talking", "talking", "waiting"]);
    [...pbx.calls().values()].find((call) => call.phase() === "talking")?.hangup("caller");
    await one.until("Event: AgentConnect", 4);
    expect(pbx.calls().size).toBe(3);
  });

  it("refuses commands that make no sense on a call", async () => {
    const pbx = await simulator();
    const call = pbx.placeCall({ from: "13800138000", queue: "sales" });
    expect(() => call.ring("1001")).toThrow("no member of queue sales");
    expect(() => call.answer("1002")).toThrow("does not ring");
    expect(() => call.hangup("agent")).toThrow("only hang up while talking");
    expect(() => call.hold()).toThrow("nobody talks");
    call.hangup("caller");
    await call.ended;
    expect(() => call.hangup("caller")).toThrow("is over");
    expect(() => pbx.placeCall({ from: "1", queue: "none" })).toThrow("no queue none");
  });

  it("stamps its events and call ids with the clock that it is given", async () => {
    const pbx = await simulator({ now: () => 1_800_000_000_123, timestamps: true });
    const one = await loggedIn(pbx.port);
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    await one.send("Action: Ping");
    expect(call.linkedid).toBe("1800000000.0");
    const join = one.frames().find(({ name }) => name === "QueueCallerJoin");
    expect(join?.values.get("Timestamp")).toBe("1800000000.123000");
    expect(join?.keys).toEqual(recording("answered-timestamps").find(({ name }) => name === "QueueCallerJoin")?.keys);
  });
});
