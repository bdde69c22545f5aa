import { afterEach, describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { closeAll, codeOf, SECRET, server } from "../../../fixtures/connection-rig.ts";
import { eslRig, freeSwitch, liveEsl } from "../../../fixtures/esl/rig.ts";
import { ROUTED } from "../../../fixtures/facts-rig.ts";
import { openEslConnection } from "./connection.ts";

afterEach(closeAll);

const FROM = "13800138000";
const OFFER = { offerId: "offer-1001", extension: "1001", timeoutMs: 10_000 };

/** Resolves when the exchange was asked for something that fits. */
async function asked({ commands }: { commands(): readonly string[] }, wanted: RegExp): Promise<string> {
  for (;;) {
    const found = commands().findLast((one) => wanted.test(one));
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a connection to a FreeSWITCH", () => {
  it("says that the log-in was refused, goes on trying with growing pauses, and has the password in no log", async () => {
    const pbx = await freeSwitch();
    const timing = { ...ROUTED.timing, retryMs: 20, maxRetryMs: 80 };
    const { connection, states, untilState, logged } = eslRig(pbx, { secret: "wrong-secret", timing });
    const began = performance.now();
    await untilState("waiting", 4);
    expect(states.find(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_login_refused" });
    expect(performance.now() - began).toBeGreaterThanOrEqual(10 + 20 + 40 - 3);
    expect(await codeOf(connection.ready(1))).toBe("unavailable pbx_unavailable");
    expect(await codeOf(connection.hangUp({ startedAt: 1, linkedid: "x" }))).toBe("unavailable pbx_unavailable");
    expect(logged.join("")).not.toMatch(/wrong-secret/);
    pbx.secret = "wrong-secret";
    await connection.ready(60_000);
  });

  it("takes no settings that could become a second command", async () => {
    const settings = { host: "127.0.0.1", port: 1, secret: SECRET, endpoint: "user/{extension}" };
    const code = (more: object) => codeOf((async () => openEslConnection({ ...settings, ...more } as never))());
    expect(await code({ secret: "a\n\napi shutdown" })).toBe("invalid pbx_secret_invalid");
    expect(await code({ secret: "" })).toBe("invalid pbx_secret_invalid");
    expect(await code({ endpoint: "user/{extension} &shutdown" })).toBe("invalid pbx_endpoint_invalid");
  });

  it("comes back after a cut: what ended meanwhile is not in the snapshot, and its phone is hung up", async () => {
    const { pbx, connection, facts, untilState, waiting, until } = await liveEsl();
    pbx.phone("1001").behave({ answerMs: 0 });
    const gone = pbx.call(FROM);
    const key = await waiting(FROM);
    await connection.ring(key, OFFER);
    await until("call_answered");
    const stays = pbx.call("13900000002");
    await waiting("13900000002");
    const mend = pbx.cut();
    await untilState("waiting");
    gone.hangUp();
    const fresh = pbx.call("13900000003");
    mend();
    await untilState("live", 2);
    const snapshot = facts.findLast((fact) => fact.kind === "snapshot");
    expect(snapshot?.liveLinkedids).toEqual(expect.arrayContaining([stays.id, fresh.id]));
    expect(snapshot?.liveLinkedids).not.toContain(gone.id);
    expect(snapshot?.calls.map(({ callerNumber, phase, queue }) => `${callerNumber} ${phase} ${queue}`).sort()).toEqual([
      "13900000002 waiting support",
      "13900000003 waiting support",
    ]);
    // The one who came in the cut is greeted, and the phone that talked to nobody is put down.
    await asked(pbx, new RegExp(`^uuid_broadcast ${fresh.id} local_stream`));
    await asked(pbx, /^uuid_kill tl-a\./);
    expect(await codeOf(connection.ring(key, OFFER))).toBe("rule_violated pbx_call_gone");
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  });

  it("takes over what another instance left: a caller who waits, a phone that rings, a talk and a held one", async () => {
    const before = await liveEsl();
    const { pbx } = before;
    pbx.phone("1002").behave({ answerMs: 0 });
    pbx.phone("1003").behave({ answerMs: 0 });
    const keys = [];
    for (const [number, extension] of [
      ["13900000001", "1001"],
      ["13900000002", "1002"],
      ["13900000003", "1003"],
    ] as const) {
      pbx.call(number);
      const key = await before.waiting(number);
      keys.push(key);
      await before.connection.ring(key, { ...OFFER, offerId: `offer-${extension}`, extension });
      if (extension !== "1001") await before.until("call_answered", (fact) => fact.extension === extension);
    }
    const [waits, talks, holds] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
    await before.connection.hold(holds);
    await before.until("call_held");
    await asked(pbx, /^uuid_setvar \S+ trunkline_bridge$/);
    await before.connection[Symbol.asyncDispose]();

    const { connection, facts, until } = eslRig(pbx);
    await connection.ready(60_000);
    const [snapshot] = facts;
    const shown = snapshot?.kind === "snapshot" ? snapshot.calls : [];
    expect(shown.toSorted((one, two) => one.callerNumber.localeCompare(two.callerNumber))).toMatchObject([
      { callKey: waits, phase: "waiting", queue: "support", ringing: ["1001"], position: 1, dialedNumber: "400" },
      { callKey: talks, phase: "talking", extension: "1002", ringing: [] },
      { callKey: holds, phase: "talking", extension: "1003", ringing: [] },
    ]);
    pbx.phone("1001").answer();
    expect(await until("call_answered")).toMatchObject({ callKey: waits, extension: "1001", offerId: "offer-1001" });
    await connection.resume(holds);
    await until("call_resumed");
    expect(pbx.witness().at(-1)).toMatchObject({ kind: "met", caller: holds.linkedid, extension: "1003" });
    await connection.hangUp(talks);
    expect(await until("call_ended")).toMatchObject({ callKey: talks });
  });

  it("hangs the phone up that was picked up for an offer which nobody confirms", async () => {
    for (const accept of [
      () => Promise.reject(new DomainError("unavailable", "store_down", "no store for 13800138000")),
      () => new Promise<boolean>(() => undefined),
    ]) {
      const { pbx, connection, until, waiting, logged } = await liveEsl({ accept, timing: { ...ROUTED.timing, acceptMs: 30 } });
      pbx.phone("1001").behave({ answerMs: 0 });
      pbx.call(FROM);
      await connection.ring(await waiting(FROM), OFFER);
      expect(await until("agent_offer_ended")).toMatchObject({ reason: "cancelled", offerId: "offer-1001" });
      expect(pbx.commands().some((one) => one.startsWith("uuid_bridge"))).toBe(false);
      expect(logged.join("")).not.toContain(FROM);
    }
  });

  it("tells what became of an order: no answer, refused, not permitted", async () => {
    const { pbx, connection, until, waiting, facts } = await liveEsl({ timing: { ...ROUTED.timing, actionMs: 60 } });
    pbx.phone("1001").behave({ answerMs: 0 });
    pbx.call(FROM);
    const key = await waiting(FROM);
    await connection.ring(key, OFFER);
    await until("call_answered");
    await connection.hold(key);
    await until("call_held");
    const answers: string[] = [];
    for (const reply of ["silence", { text: "-ERR Operation failed\n" }, { text: "-ERR permission denied\n" }] as const) {
      pbx.reply = (command) => (command.startsWith("uuid_bridge") ? reply : undefined);
      answers.push(await codeOf(connection.resume(key)));
    }
    expect(answers).toEqual([
      "deadline_exceeded pbx_action_timeout",
      "rule_violated pbx_action_refused",
      "forbidden pbx_permission_denied",
    ]);
    pbx.reply = () => undefined;
    expect(await codeOf(connection.resume(key))).toBe("no error");
    await until("call_resumed");
    pbx.reply = (command) => (command.startsWith("originate") ? "silence" : undefined);
    pbx.call("13900000002");
    const second = await waiting("13900000002");
    expect(await codeOf(connection.ring(second, OFFER))).toBe("deadline_exceeded pbx_action_timeout");
    // Perhaps it rings all the same: it is hung up.
    await asked(pbx, /^uuid_kill tl-a\..*offer-1001/);
    pbx.reply = () => undefined;
    expect(facts.filter(({ kind }) => kind === "agent_offered").length).toBe(1);
    expect(await codeOf(connection.ring(second, { ...OFFER, offerId: "offer-2" }))).toBe("no error");
    expect(await until("call_answered", ({ offerId }) => offerId === "offer-2")).toMatchObject({ extension: "1001" });
  });

  it("lets the caller wait on when the exchange does not join the two", async () => {
    const { pbx, connection, until, waiting, told } = await liveEsl();
    pbx.reply = (command) => (command.startsWith("uuid_bridge") ? { text: "-ERR Invalid uuid\n" } : undefined);
    pbx.phone("1001").behave({ answerMs: 0 });
    pbx.call(FROM);
    await connection.ring(await waiting(FROM), OFFER);
    expect(await until("agent_offer_ended")).toMatchObject({ reason: "unavailable" });
    expect(told()).toEqual(["queued support 1 from 13800138000", "offered 1001 via queue", "offer ended 1001 unavailable"]);
  });

  it("reads on after a frame that it does not understand", async () => {
    const { pbx, connection, waiting, logged } = await liveEsl();
    for (const body of ["{", "[]", '{"Event-Name":"CHANNEL_PARK"}', '{"Event-Name":7}', "\u0000"]) {
      pbx.sendRaw(`Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`);
    }
    pbx.sendRaw("Content-Type: text/strange\n\n\n\n\n");
    pbx.call(FROM);
    await waiting(FROM);
    expect(logged.join("")).toMatch(/not_json.*unknown_content/s);
    expect(connection.state()).toEqual({ state: "live" });
  });

  it.each([
    ["a head without an end", "x".repeat(70_000)],
    ["a body of gigabytes", "Content-Type: api/response\nContent-Length: 9000000000\n\n"],
    ["a length that is no number", "Content-Type: api/response\nContent-Length: -1\n\n"],
    ["what is no frame", "HTTP/1.1 400 Bad Request\nServer: x\n\n"],
  ])("gives a connection up that sends %s, and comes back", async (_, garbage) => {
    const { pbx, states, untilState } = await liveEsl();
    pbx.sendRaw(garbage);
    await untilState("waiting");
    expect(states.findLast(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_unavailable" });
    await untilState("live", 2);
  });

  it("says what is wrong with a port that is none of FreeSWITCH's, or that lets us not in", async () => {
    const silent = await server(() => undefined);
    const rude = await server((socket) =>
      socket.write("Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"),
    );
    const timing = { ...ROUTED.timing, connectMs: 50 };
    const one = eslRig({ port: silent } as never, { timing });
    const two = eslRig({ port: rude } as never, { timing });
    await one.untilState("waiting");
    await two.untilState("waiting");
    expect(one.states).toContainEqual({ state: "waiting", code: "pbx_unavailable" });
    expect(two.states).toContainEqual({ state: "waiting", code: "pbx_login_refused" });
  });

  it("holds the exchange back while the handler is slow, and then tells everything in order", async () => {
    const PING_MS = 300;
    const gate = Promise.withResolvers<void>();
    const { pbx, connection, facts, until } = await liveEsl({
      timing: { ...ROUTED.timing, pingMs: PING_MS },
      onFacts: (batch) => (batch.some(({ kind }) => kind === "call_queued") ? gate.promise : undefined),
    });
    const at = (i: number) => String(13_900_000_000 + i);
    for (let i = 0; i < 2500; i++) pbx.call(at(i), "support", { name: "x".repeat(300) });
    await until("call_queued");
    // A sign of life waits behind what is not read: the connection takes no offence.
    await new Promise((resolve) => setTimeout(resolve, 3 * PING_MS));
    expect(facts.length).toBeLessThan(10);
    expect(connection.state()).toEqual({ state: "live" });
    gate.resolve();
    await until("call_queued", ({ callerNumber }) => callerNumber === at(2499));
    const numbers = facts.flatMap((fact) => (fact.kind === "call_queued" ? [fact.callerNumber] : []));
    expect(numbers).toEqual(Array.from({ length: 2500 }, (_, i) => at(i)));
  });

  it("notices an exchange that gives no sign of life, and comes back", async () => {
    const { pbx, states, untilState } = await liveEsl({ timing: { ...ROUTED.timing, pingMs: 100 } });
    pbx.reply = (command) => (command === "uptime" ? "silence" : undefined);
    await untilState("waiting");
    expect(states.findLast(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_unavailable" });
    pbx.reply = () => undefined;
    await untilState("live", 2);
  });

  it("closes at once, also while it tries to connect", async () => {
    const { pbx, connection, states } = await liveEsl();
    await connection[Symbol.asyncDispose]();
    expect(states.at(-1)).toEqual({ state: "closed" });
    const trying = eslRig(pbx, { secret: "wrong" });
    await trying.connection[Symbol.asyncDispose]();
    expect(trying.states.at(-1)).toEqual({ state: "closed" });
  });
});
