import { afterEach, describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import type { FakeAri } from "../../../fixtures/ari/fake-server.ts";
import { fixture, told } from "../../../fixtures/ari/replay.ts";
import { ariRig, fakePbx, play } from "../../../fixtures/ari/rig.ts";
import { closeAll, codeOf, SECRET } from "../../../fixtures/connection-rig.ts";
import { ROUTED } from "../../../fixtures/facts-rig.ts";
import { lines } from "../../../fixtures/replay.ts";
import { bridgeOf, legChannel, refOf } from "../routed/values.ts";
import { openAriConnection } from "./connection.ts";

afterEach(closeAll);

const KEY = { startedAt: 1_795_332_833_000, linkedid: "1795332833.0" };
const OFFER = { offerId: "offer-1", extension: "1001", timeoutMs: 10_000 };
const LEG = legChannel({ role: "a", ref: refOf(KEY.linkedid), extension: "1001", id: "offer-1" });

function channel(id: string, state: string, number = "13800138000", app = "Stasis", data = "trunkline,support") {
  const dialplan = { context: "incoming", exten: "500", priority: 1, app_name: app, app_data: data };
  return { id, name: "PJSIP/x-00000001", state, caller: { name: "", number }, dialplan, creationtime: "2026-11-22T07:33:53.435+0000" };
}

function start(id: string, number?: string, args = ["support"]) {
  return { type: "StasisStart", timestamp: "2026-11-22T07:33:53.500+0000", args, channel: channel(id, "Ring", number) };
}

function destroyed(id: string, cause = 16) {
  return { type: "ChannelDestroyed", timestamp: "2026-11-22T07:34:53.500+0000", cause, cause_txt: "x", channel: channel(id, "Up") };
}

async function ready(pbx: FakeAri, ...options: Parameters<typeof ariRig> extends [unknown, ...infer Rest] ? Rest : never) {
  const rig = ariRig(pbx, ...options);
  await rig.connection.ready(60_000);
  return rig;
}

/** A caller who waits, and a phone that was picked up. */
async function pickedUp(...options: Parameters<typeof ariRig> extends [unknown, ...infer Rest] ? Rest : never) {
  const pbx = await fakePbx();
  const rig = await ready(pbx, ...options);
  pbx.send(start(KEY.linkedid));
  await rig.until("call_queued");
  await rig.connection.ring(KEY, OFFER);
  pbx.send(start(LEG, "", ["agent", "1001"]));
  return { pbx, ...rig };
}

describe("a connection to a PBX where we distribute", () => {
  it.each(["answered", "ring-no-answer", "hold-by-us", "blind-transfer", "attended-transfer", "withdrawn", "originated-busy", "taken-out"])(
    "tells a recorded call over sockets as the recording does, and orders the same: %s",
    async (scenario) => {
      const pbx = await fakePbx();
      const clock = { at: fixture(scenario)[0]?.at ?? 0 };
      const rig = await ready(pbx, { now: () => clock.at });
      await play(scenario, pbx, rig, clock);
      expect(lines(rig.facts)).toEqual(told(scenario));
      expect(rig.facts.map(({ seq }) => seq)).toEqual(rig.facts.map((_, i) => i + 1));
    },
  );

  it("logs in by header, and has the secret in no address and no log", async () => {
    const pbx = await fakePbx();
    const { logged } = await ready(pbx);
    const basic = `Basic ${Buffer.from(`cti:${SECRET}`).toString("base64")}`;
    expect(pbx.handshakes).toMatchObject([{ authorization: basic, path: "/events?app=trunkline&subscribeAll=false" }]);
    expect(new Set(pbx.requests.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
    expect(JSON.stringify([logged, pbx.requests.map(({ path }) => path)])).not.toMatch(/not-to-be-logged|cti:/);
    const refused = { url: "http://cti:x@127.0.0.1/ari", user: "cti", secret: "x", app: "t", endpoint: "PJSIP/{extension}" };
    const { connection } = ariRig(pbx);
    expect(await codeOf((async () => openAriConnection({ ...refused } as never))())).toBe("invalid pbx_url_invalid");
    expect(connection.state().state).toBe("connecting");
  });

  it("says that the log-in was refused, and goes on trying with growing pauses", async () => {
    const pbx = await fakePbx();
    const { connection, states, untilState, logged } = ariRig(pbx, {
      secret: "wrong-secret",
      timing: { ...ROUTED.timing, retryMs: 20, maxRetryMs: 80 },
    });
    await untilState("waiting", 4);
    expect(states.find(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_login_refused" });
    expect(await codeOf(connection.ready(1))).toBe("unavailable pbx_unavailable");
    expect(await codeOf(connection.ring(KEY, OFFER))).toBe("unavailable pbx_unavailable");
    const [first = 0, second = 0, , fourth = 0] = pbx.handshakes.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(9);
    expect(fourth - first).toBeGreaterThanOrEqual(10 + 20 + 40 - 3);
    expect(logged.join("")).not.toMatch(/wrong-secret/);
    pbx.secret = "wrong-secret";
    await connection.ready(60_000);
  });

  it("comes back after a cut: what ended meanwhile is not in the snapshot, and its phones and bridges are cleared away", async () => {
    const { pbx, connection, facts, until, untilState } = await pickedUp();
    await pbx.asked("POST", `/bridges/${bridgeOf(refOf(KEY.linkedid))}/addChannel`);
    pbx.send(start("1795332834.7", "13900000002"));
    await until("call_queued", ({ callerNumber }) => callerNumber === "13900000002");
    pbx.world.channels = [channel("1795332834.7", "Up", "13900000002"), channel(LEG, "Up", "", "Stasis", "trunkline,agent,1001")];
    pbx.world.bridges = [{ id: bridgeOf(refOf(KEY.linkedid)), channels: [LEG] }];
    pbx.drop();
    await untilState("live", 2);
    const snapshot = facts.findLast((fact) => fact.kind === "snapshot");
    expect(snapshot?.liveLinkedids).toEqual(["1795332834.7"]);
    expect(snapshot?.calls).toMatchObject([{ callerNumber: "13900000002", phase: "waiting", queue: "support" }]);
    await pbx.asked("DELETE", LEG);
    await pbx.asked("DELETE", bridgeOf(refOf(KEY.linkedid)));
    expect(await codeOf(connection.ring(KEY, OFFER))).toBe("rule_violated pbx_call_gone");
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  });

  it("takes over what another instance left: callers, a ringing phone, a talk", async () => {
    const pbx = await fakePbx();
    const talks = "1795332830.1";
    const agent = legChannel({ role: "a", ref: refOf(talks), extension: "1002", id: "offer-2" });
    pbx.world.channels = [
      channel(KEY.linkedid, "Up"),
      channel(LEG, "Ringing", "", "AppDial2", "(Outgoing Line)"),
      channel(talks, "Up", "13900000002"),
      channel(agent, "Up", "", "Stasis", "trunkline,agent,1002"),
      channel("1795332831.1", "Up", "1003", "Dial", "PJSIP/agent1003"),
    ];
    pbx.world.bridges = [{ id: bridgeOf(refOf(talks)), channels: [talks, agent] }];
    const { facts, until } = await ready(pbx);
    const [snapshot] = facts;
    const shown =
      snapshot?.kind === "snapshot" ? snapshot.calls.toSorted((one, two) => one.callerNumber.localeCompare(two.callerNumber)) : [];
    expect(shown).toMatchObject([
      { callKey: KEY, phase: "waiting", queue: "support", ringing: ["1001"], position: 1 },
      { callKey: { linkedid: talks }, phase: "talking", extension: "1002", ringing: [] },
    ]);
    expect(snapshot).toMatchObject({ liveLinkedids: expect.arrayContaining([KEY.linkedid, talks, "1795332831.1"]) });
    pbx.send(start(LEG, "", ["agent", "1001"]));
    const bridge = bridgeOf(refOf(KEY.linkedid));
    const { body } = await pbx.asked("POST", `/bridges/${bridge}/addChannel`);
    expect(body).toEqual({ channel: [KEY.linkedid, LEG] });
    const entered = { type: "ChannelEnteredBridge", channel: channel(LEG, "Up"), bridge: { id: bridge, channels: [KEY.linkedid, LEG] } };
    pbx.send(entered);
    expect(await until("call_answered")).toMatchObject({ callKey: KEY, extension: "1001", offerId: "offer-1" });
    pbx.send(destroyed(agent));
    await pbx.asked("DELETE", `/channels/${talks}`);
    expect(
      pbx.requests.filter(({ method, path }) => method === "DELETE" && path.startsWith("/channels") && !path.endsWith("/moh")).length,
    ).toBe(1);
  });

  it("hangs the phone up that was picked up for an offer which nobody confirms", async () => {
    for (const accept of [
      () => Promise.resolve(false),
      () => Promise.reject(new DomainError("unavailable", "store_down", "no store for 13800138000")),
      () => new Promise<boolean>(() => undefined),
    ]) {
      const { pbx, until, logged } = await pickedUp({ accept, timing: { ...ROUTED.timing, acceptMs: 30 } });
      await pbx.asked("DELETE", LEG);
      pbx.send(destroyed(LEG));
      expect(await until("agent_offer_ended")).toMatchObject({ reason: "cancelled", offerId: "offer-1" });
      expect(pbx.requests.some(({ path }) => path.includes("addChannel"))).toBe(false);
      expect(logged.join("")).not.toContain("13800138000");
    }
  });

  it("tells what became of an order: no answer, refused, not permitted, no connection", async () => {
    const pbx = await fakePbx();
    const { connection, until, facts } = await ready(pbx, { timing: { ...ROUTED.timing, actionMs: 60 } });
    pbx.send(start(KEY.linkedid));
    await until("call_queued");
    const replies = {
      silence: "silence",
      refused: { status: 500, body: { error: "Allocation failed" } },
      forbidden: { status: 403 },
    } as const;
    const answers: string[] = [];
    for (const reply of [replies.silence, replies.refused, replies.forbidden]) {
      pbx.reply = ({ method, path }) => (method === "POST" && path === `/channels/${LEG}` ? reply : undefined);
      answers.push(await codeOf(connection.ring(KEY, OFFER)));
    }
    expect(answers).toEqual([
      "deadline_exceeded pbx_action_timeout",
      "rule_violated pbx_action_refused",
      "forbidden pbx_permission_denied",
    ]);
    // Perhaps it rings all the same: it is hung up.
    await pbx.asked("DELETE", LEG);
    expect(facts.map(({ kind }) => kind)).toEqual(["snapshot", "call_queued"]);
    pbx.reply = () => undefined;
    expect(await codeOf(connection.ring(KEY, { ...OFFER, extension: "10\r\n01" }))).toBe("invalid pbx_extension_invalid");
    expect(await codeOf(connection.transfer(KEY, { destination: "1002", kind: "blind" }))).toBe("rule_violated pbx_call_not_talking");
    expect(await codeOf(connection.ring(KEY, OFFER))).toBe("no error");
    expect(await codeOf(connection.ring({ startedAt: 1, linkedid: "1.1" }, OFFER))).toBe("rule_violated pbx_call_gone");
    expect(await until("agent_offered")).toMatchObject({ extension: "1001", offerId: "offer-1" });
  });

  it("stops the ring when its time is over, though no event says so", async () => {
    const pbx = await fakePbx();
    const { connection, until } = await ready(pbx);
    pbx.send(start(KEY.linkedid));
    await until("call_queued");
    await connection.ring(KEY, { ...OFFER, timeoutMs: 20 });
    pbx.send({ type: "ChannelStateChange", channel: channel(LEG, "Ringing") });
    expect((await pbx.asked("DELETE", LEG)).path).toContain("reason=no_answer");
    pbx.send(destroyed(LEG, 19));
    expect(await until("agent_offer_ended")).toMatchObject({ reason: "no_answer" });
  });

  it("reads on after frames that are none of the protocol's", async () => {
    const pbx = await fakePbx();
    const { connection, until, logged } = await ready(pbx);
    for (const text of ["", "{", '{"type":"StasisStart"}', "[]", "\u0000", `"${"x".repeat(300_000)}"`]) pbx.sendRaw(text);
    pbx.send(start(KEY.linkedid));
    await until("call_queued");
    expect(logged.join("")).toMatch(/not_json.*not_an_event.*frame_too_large/s);
    expect(connection.state()).toEqual({ state: "live" });
  });

  it("holds the PBX back while the handler is slow, and then tells everything in order", async () => {
    const pbx = await fakePbx();
    const PING_MS = 300;
    const gate = Promise.withResolvers<void>();
    const { facts, until, connection } = await ready(pbx, {
      timing: { ...ROUTED.timing, pingMs: PING_MS },
      onFacts: (batch) => (batch.some(({ kind }) => kind === "call_queued") ? gate.promise : undefined),
    });
    for (let i = 0; i < 3000; i++) pbx.send(start(`1795332833.${i + 1}`, String(13_900_000_000 + i)));
    await until("call_queued");
    // A sign of life waits behind what is not read: the connection takes no offence.
    await new Promise((resolve) => setTimeout(resolve, 3 * PING_MS));
    expect(facts.length).toBeLessThan(10);
    expect(connection.state()).toEqual({ state: "live" });
    gate.resolve();
    await until("call_queued", ({ callerNumber }) => callerNumber === "13900002999");
    const numbers = facts.flatMap((fact) => (fact.kind === "call_queued" ? [Number(fact.callerNumber) - 13_900_000_000] : []));
    expect(numbers).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    expect(connection.state()).toEqual({ state: "live" });
  });

  it("asks for a new snapshot when the handler gave facts up", async () => {
    const pbx = await fakePbx();
    let failures = 0;
    const { until, logged } = await ready(pbx, {
      onFacts: async (batch) => {
        if (failures > 0 || !batch.some(({ kind }) => kind === "call_queued")) return;
        failures++;
        throw new DomainError("unavailable", "store_down", "no store for 13800138000");
      },
    });
    pbx.world.channels = [channel(KEY.linkedid, "Up")];
    pbx.send(start(KEY.linkedid));
    expect((await until("snapshot", ({ seq }) => seq > 1)).calls).toMatchObject([{ callKey: KEY, phase: "waiting" }]);
    expect(logged.join("")).toContain("store_down");
    expect(logged.join("")).not.toContain("13800138000");
  });

  it("notices a PBX that gives no sign of life, and comes back", async () => {
    const pbx = await fakePbx();
    const { states, untilState } = await ready(pbx, { timing: { ...ROUTED.timing, pingMs: 200 } });
    pbx.pongs = false;
    await untilState("waiting");
    expect(states.findLast(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_unavailable" });
    pbx.pongs = true;
    await untilState("live", 2);
  });

  it("notices a PBX that talks to another instance", async () => {
    const pbx = await fakePbx();
    const { states, untilState } = await ready(pbx);
    pbx.send({ type: "ApplicationReplaced", application: "trunkline" });
    await untilState("waiting");
    expect(states.findLast(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_application_replaced" });
  });

  it("closes at once, also while it tries to connect", async () => {
    const pbx = await fakePbx();
    const { connection, states } = await ready(pbx);
    await connection[Symbol.asyncDispose]();
    expect(states.at(-1)).toEqual({ state: "closed" });
    expect(await codeOf(connection.hangUp(KEY))).toBe("unavailable pbx_unavailable");
    const trying = ariRig(pbx, { secret: "wrong" });
    await trying.connection[Symbol.asyncDispose]();
    expect(trying.states.at(-1)).toEqual({ state: "closed" });
  });
});
