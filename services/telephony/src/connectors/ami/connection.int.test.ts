import { afterEach, describe, expect, it } from "@jest/globals";
import { startPbxSimulator } from "@trunkline/dev-env/simulators";
import { DomainError } from "@trunkline/errors";
import { closeAll, codeOf, keep, rig, SECRET, server, simulator, TIMING } from "../../../fixtures/connection-rig.ts";

afterEach(closeAll);

describe("a connection to a PBX", () => {
  it("begins with a snapshot and then tells a call from its queue to its end", async () => {
    const pbx = await simulator();
    const { connection, facts, until } = rig(pbx.port);
    await connection.ready(60_000);
    expect(facts[0]).toMatchObject({
      kind: "snapshot",
      seq: 1,
      liveLinkedids: [],
      queues: [
        { queue: "support", waiting: 0 },
        { queue: "sales", waiting: 0 },
      ],
    });
    await pbx.call({ from: "13800138000", queue: "support", answerBy: "1001", outcome: "answered" });
    await until("call_ended");
    const kinds = facts.map(({ kind }) => kind);
    expect(kinds).toEqual(["snapshot", "call_queued", "agent_offered", "call_answered", "agent_released", "call_ended"]);
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  });

  it("logs in by challenge without sending the secret, or plainly where that is asked for", async () => {
    const sent: string[] = [];
    const port = await server((socket) => {
      socket.write("Asterisk Call Manager/11.0.0\r\n");
      socket.on("data", (chunk) => {
        sent.push(chunk.toString());
        const id = /ActionID: (\S+)/.exec(chunk.toString())?.[1];
        socket.write(`Response: Success\r\nActionID: ${id}\r\nChallenge: 42\r\n\r\n`);
      });
    });
    const md5 = rig(port);
    await md5.untilState("syncing");
    expect(sent.join("")).toContain("AuthType: MD5");
    expect(sent.join("")).not.toContain(SECRET);
    const plain = rig(port, { auth: "plain" });
    await plain.untilState("syncing");
    expect(sent.join("")).toContain(`Secret: ${SECRET}`);
  });

  it("says that the log-in was refused, goes on trying, and never logs the secret", async () => {
    const pbx = await simulator();
    const { connection, states, untilState, logged } = rig(pbx.port, { secret: "wrong-secret" });
    await untilState("waiting", 2);
    expect(states.find(({ state }) => state === "waiting")).toEqual({ state: "waiting", code: "pbx_login_refused" });
    expect(await codeOf(connection.ready(1))).toBe("unavailable pbx_unavailable");
    expect(logged.join("")).not.toMatch(/wrong-secret|not-to-be-logged/);
  });

  it("comes back after a cut with a snapshot of what lives, and what ended meanwhile is not in it", async () => {
    const pbx = await simulator();
    const { connection, facts, until, untilState } = rig(pbx.port);
    await connection.ready(60_000);
    const over = pbx.placeCall({ from: "13900000001", queue: "support" });
    const stays = pbx.placeCall({ from: "13900000002", queue: "support" });
    await until("call_queued", ({ callerNumber }) => callerNumber === "13900000002");
    pbx.dropConnections();
    over.hangup("caller");
    stays.ring("1001");
    stays.answer("1001");
    await untilState("live", 2);
    const snapshot = facts.findLast((fact) => fact.kind === "snapshot");
    expect(snapshot?.liveLinkedids).toEqual([stays.linkedid]);
    expect(snapshot?.calls).toMatchObject([{ callerNumber: "13900000002", phase: "talking", extension: "1001", queue: "support" }]);
    stays.hangup("agent");
    await until("agent_released", ({ reason }) => reason === "agent_hung_up");
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  });

  it("waits for a PBX that is not there yet", async () => {
    const pbx = await simulator();
    const { port } = pbx;
    await pbx[Symbol.asyncDispose]();
    const { connection, untilState, states } = rig(port);
    await untilState("waiting", 3);
    expect(states.at(-1)).toEqual({ state: "waiting", code: "pbx_unavailable" });
    keep(await startPbxSimulator({ port, users: [{ user: "cti", secret: SECRET }], queues: [] }));
    await connection.ready(60_000);
  });

  it("does what it is asked to on the PBX, and tells a refusal in the PBX's words", async () => {
    const pbx = await simulator();
    const { connection, until } = rig(pbx.port);
    await connection.ready(60_000);
    const reply = await connection.action({ Action: "QueuePause", Interface: "PJSIP/agent1001", Paused: "true", Reason: "Lunch" });
    expect(reply["Message"]).toBe("Interface paused successfully");
    expect(await until("member_changed", ({ paused }) => paused)).toMatchObject({ queue: "support", extension: "1001", reason: "Lunch" });
    await connection.action({ Action: "QueueAdd", Queue: "sales", Interface: "PJSIP/agent1003", MemberName: "Agent/1003" });
    await connection.action({ Action: "QueueRemove", Queue: "sales", Interface: "PJSIP/agent1003" });
    expect(await until("member_removed")).toMatchObject({ queue: "sales", extension: "1003" });
    expect(await codeOf(connection.action({ Action: "QueuePause", Interface: "PJSIP/nobody" }))).toBe("rule_violated pbx_action_refused");
    expect(await codeOf(connection.action({ Action: "QueuePause", Interface: "x", Reason: "a\r\nAction: Logoff" }))).toBe(
      "invalid pbx_action_line_break",
    );
    expect(pbx.actions().map((action) => action.get("action"))).not.toContain("Logoff");
    await connection.action({ Action: "Originate", Channel: "PJSIP/13700137000@trunk", Exten: "400", Context: "incoming" });
    expect(await until("call_queued")).toMatchObject({ callerNumber: "13700137000" });
  });

  it("fails what is under way when the connection ends, and what comes while there is none", async () => {
    const pbx = await simulator();
    const { connection, untilState } = rig(pbx.port, { timing: { ...TIMING, retryMs: 1000, maxRetryMs: 1000 } });
    await connection.ready(60_000);
    const pending = codeOf(connection.action({ Action: "Ping" }));
    pbx.dropConnections();
    expect(await pending).toBe("unavailable pbx_unavailable");
    await untilState("waiting");
    expect(await codeOf(connection.action({ Action: "Ping" }))).toBe("unavailable pbx_unavailable");
    expect(await codeOf(connection.resync())).toBe("unavailable pbx_unavailable");
  });

  it("notices a PBX that no longer answers, and one that never greets", async () => {
    let silent = false;
    const port = await server((socket) => {
      socket.write("Asterisk Call Manager/11.0.0\r\n");
      socket.on("data", (chunk) => {
        for (const [, id] of chunk.toString().matchAll(/ActionID: (\S+)/g)) {
          if (silent) continue;
          socket.write(`Response: Success\r\nActionID: ${id}\r\nChallenge: 1\r\n\r\n`);
          if (id?.endsWith(".channels")) socket.write(`Event: CoreShowChannelsComplete\r\nActionID: ${id}\r\n\r\n`);
          if (id?.endsWith(".queues")) socket.write(`Event: QueueStatusComplete\r\nActionID: ${id}\r\n\r\n`);
        }
      });
    });
    const first = rig(port, { timing: { ...TIMING, pingMs: 10, actionMs: 30 } });
    await first.connection.ready(60_000);
    silent = true;
    await first.untilState("waiting");
    expect(first.states.at(-1)).toEqual({ state: "waiting", code: "pbx_action_timeout" });

    const mute = await server(() => undefined);
    const second = rig(mute, { timing: { ...TIMING, connectMs: 30 } });
    await second.untilState("waiting");
    expect(second.states.at(-1)).toEqual({ state: "waiting", code: "pbx_unavailable" });
  });

  it("reads on after bytes that are none of the protocol's", async () => {
    const pbx = await simulator();
    const { connection, until, logged } = rig(pbx.port);
    await connection.ready(60_000);
    pbx.sendRaw(
      Buffer.concat([
        Buffer.from([0, 255, 13, 10, 13, 10]),
        Buffer.from("Event: Hangup\r\nLinkedid: \r\nCause: \r\n\r\n:::\r\n\r\n"),
        Buffer.alloc(300_000, "x"),
        Buffer.from("\r\n\r\n"),
      ]),
    );
    pbx.placeCall({ from: "13800138000", queue: "support" });
    await until("call_queued");
    expect(logged.join("")).toContain("frame_too_large");
    expect(connection.state()).toEqual({ state: "live" });
  });

  it("holds the PBX back while the handler is slow, and then tells everything in order", async () => {
    const pbx = await simulator();
    const gate = Promise.withResolvers<void>();
    let blocked = false;
    const { connection, facts, until } = rig(pbx.port, {
      onFacts: (batch) => {
        if (!batch.some(({ kind }) => kind === "call_queued")) return undefined;
        blocked = true;
        return gate.promise;
      },
    });
    await connection.ready(60_000);
    for (let i = 0; i < 3000; i++) pbx.placeCall({ from: String(13_900_000_000 + i), queue: "support" });
    await until("call_queued");
    expect(blocked).toBe(true);
    // The answer waits behind events that nobody reads: the socket is paused, and the connection takes no offence.
    expect(await codeOf(connection.action({ Action: "Ping" }, { deadlineMs: 150 }))).toBe("deadline_exceeded pbx_action_timeout");
    expect(connection.state()).toEqual({ state: "live" });
    gate.resolve();
    await until("call_queued", ({ callerNumber }) => callerNumber === "13900002999");
    const numbers = facts.flatMap((fact) => (fact.kind === "call_queued" ? [Number(fact.callerNumber) - 13_900_000_000] : []));
    expect(numbers).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    expect(connection.state()).toEqual({ state: "live" });
  });

  it("asks for a new snapshot when the handler gave facts up", async () => {
    const pbx = await simulator();
    let failures = 0;
    const { connection, until, facts, logged } = rig(pbx.port, {
      onFacts: async (batch) => {
        if (failures === 0 && batch.some(({ kind }) => kind === "call_queued")) {
          failures++;
          throw new DomainError("unavailable", "store_down", "no store for 13800138000");
        }
      },
    });
    await connection.ready(60_000);
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    const again = await until("snapshot", ({ seq }) => seq > 1);
    expect(again.liveLinkedids).toEqual([call.linkedid]);
    expect(facts.filter(({ kind }) => kind === "call_queued")).toHaveLength(1);
    expect(logged.join("")).toContain("store_down");
    expect(logged.join("")).not.toContain("13800138000");
  });

  it("closes at once, also while it tries to connect, and leaves nothing behind", async () => {
    const pbx = await simulator();
    const { connection, states } = rig(pbx.port);
    await connection.ready(60_000);
    await connection[Symbol.asyncDispose]();
    expect(states.at(-1)).toEqual({ state: "closed" });
    expect(await codeOf(connection.action({ Action: "Ping" }))).toBe("unavailable pbx_unavailable");

    const mute = await server(() => undefined);
    const trying = rig(mute);
    await trying.connection[Symbol.asyncDispose]();
    expect(trying.states.at(-1)).toEqual({ state: "closed" });
  });
});
