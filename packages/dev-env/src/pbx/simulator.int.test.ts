import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type PbxSimulator, type PbxSimulatorOptions, startPbxSimulator } from "./simulator.ts";

type Frame = { readonly name: string; readonly keys: readonly string[]; readonly values: ReadonlyMap<string, string> };

let open = new AsyncDisposableStack();
afterEach(async () => {
  const last = open;
  open = new AsyncDisposableStack();
  await last[Symbol.asyncDispose]();
});

const USER = { user: "cti", secret: "s3cret" };
const MEMBERS = ["1001", "1002", "1003"];

async function simulator(options: Partial<PbxSimulatorOptions> = {}): Promise<PbxSimulator> {
  const queues = [
    { name: "support", members: MEMBERS },
    { name: "sales", members: ["1002"] },
  ];
  return open.use(await startPbxSimulator({ users: [USER], queues, ...options }));
}

function toFrame(text: string): Frame {
  const pairs = text.split("\r\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
  return { name: pairs[0]?.[1] ?? "", keys: pairs.map(([key]) => key), values: new Map(pairs) };
}

function framesOf(text: string): Frame[] {
  return text
    .slice(text.indexOf("\r\n") + 2)
    .split("\r\n\r\n")
    .filter((part) => part !== "")
    .map(toFrame);
}

/** A client as plain as can be, with nothing of the product in it. */
async function client(port: number) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  const watchers = new Set<() => void>();
  socket.on("data", (chunk) => {
    text += chunk.toString();
    for (const look of [...watchers]) look();
  });
  open.defer(async () => void socket.destroy());
  await once(socket, "connect");
  const until = (part: string, times = 1): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => text.split(part).length > times && resolve();
    watchers.add(look);
    look();
    return promise.finally(() => watchers.delete(look));
  };
  let count = 0;
  const send = async (action: string): Promise<Frame> => {
    const id = `c${++count}`;
    socket.write(`${action.split("|").join("\r\n")}\r\nActionID: ${id}\r\n\r\n`);
    await until(`ActionID: ${id}\r\n`);
    await until("\r\n\r\n");
    return framesOf(text).find((frame) => frame.values.get("ActionID") === id) as Frame;
  };
  return { socket, send, until, frames: () => framesOf(text), text: () => text };
}

async function loggedIn(port: number, events = "on") {
  const one = await client(port);
  await one.send(`Action: Login|Username: ${USER.user}|Secret: ${USER.secret}|Events: ${events}`);
  return one;
}

function recording(scenario: string): Frame[] {
  return framesOf(readFileSync(new URL(`../../../../services/telephony/fixtures/ami/${scenario}.ami`, import.meta.url), "utf8"));
}

/** What the PBX's threads report in any order, or of itself: compared by keys, not by place. */
const UNORDERED = new Set(
  "DeviceStateChange QueueMemberStatus Newexten Newstate NewConnectedLine DialState HangupRequest SoftHangupRequest VarSet BridgeCreate BridgeEnter BridgeLeave BridgeDestroy".split(
    " ",
  ),
);
/** Classes that nobody asks for, or that hang on how the PBX was built. */
const LEFT_OUT = /^(TestEvent|RTCP|SuccessfulAuth)/;

function events(frames: readonly Frame[]): Frame[] {
  return frames.filter(({ keys, name }) => keys[0] === "Event" && !LEFT_OUT.test(name));
}

/** The order of what happens to the call, with who it is about; the ends of legs that fall together in any order. */
function story(frames: readonly Frame[]): string[] {
  const lines = events(frames)
    .filter(({ name, values }) => !UNORDERED.has(name) || /^(QUEUESTATUS|ABANDONED)$/.test(values.get("Variable") ?? ""))
    .map(({ name, values }) => {
      const who = (values.get("DestChannel") ?? values.get("Channel") ?? "").replace(/-[0-9a-f]{8}$/, "");
      return [name, who, values.get("DialStatus"), values.get("Value"), values.get("Reason"), values.get("Cause")]
        .filter((part) => part !== undefined)
        .join(" ");
    });
  const calls = lines.filter((line) => !/^(Hangup|QueueCallerAbandon|VarSet)/.test(line));
  return [...calls, ...lines.filter((line) => !calls.includes(line)).sort()];
}

/** The keys of each kind of event, in order; a kind may come in several shapes (with and without a second channel). */
function shapes(frames: readonly Frame[]): Map<string, Set<string>> {
  const result = new Map<string, Set<string>>();
  for (const { name, keys } of events(frames)) result.set(name, (result.get(name) ?? new Set()).add(keys.join(",")));
  return result;
}

type Play = (pbx: PbxSimulator) => void;

const answer = (pbx: PbxSimulator) => {
  const call = pbx.placeCall({ from: "13800138000", queue: "support" });
  call.ring("1001");
  call.answer("1001");
  return call;
};

const SCENARIOS: Readonly<Record<string, Play>> = {
  answered: (pbx) => answer(pbx).hangup("caller"),
  "agent-hangs-up": (pbx) => answer(pbx).hangup("agent"),
  abandoned: (pbx) => {
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    call.ring("1001");
    call.hangup("caller");
  },
  "ring-no-answer": (pbx) => {
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    call.ring("1002");
    call.ringNoAnswer("1002");
    call.ring("1001");
    call.answer("1001");
    call.hangup("caller");
  },
  declined: (pbx) => {
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    call.ring("1001");
    call.reject("1001");
    call.ring("1002");
    call.answer("1002");
    call.hangup("caller");
  },
  "queue-timeout": (pbx) => {
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    call.ring("1001");
    call.timeout();
  },
  hold: (pbx) => {
    const call = answer(pbx);
    call.hold();
    call.unhold();
    call.hangup("caller");
  },
  "blind-transfer": (pbx) => {
    const call = answer(pbx);
    call.transfer("1002");
    call.answer("1002");
    call.hangup("caller");
  },
  "blind-transfer-unanswered": (pbx) => {
    const call = answer(pbx);
    call.transfer("1002");
    call.busy("1002");
  },
  "transfer-to-queue": (pbx) => {
    const call = answer(pbx);
    call.transfer("401");
    call.ring("1002");
    call.answer("1002");
    call.hangup("caller");
  },
  "attended-transfer": (pbx) => {
    const call = answer(pbx);
    call.transfer("1002", "attended");
    call.hangup("caller");
  },
};

describe("the simulated PBX beside the real one", () => {
  for (const [scenario, play] of Object.entries(SCENARIOS)) {
    it(`tells ${scenario} in the same events, with the same keys, in the same order`, async () => {
      const pbx = await simulator();
      const one = await loggedIn(pbx.port);
      play(pbx);
      await one.send("Action: Ping");
      const real = recording(scenario).filter(({ name }) => name !== "QueueMemberPause");
      const simulated = one.frames();
      expect(story(simulated)).toEqual(story(real));
      const known = shapes(real);
      for (const [name, keys] of shapes(simulated)) {
        for (const shape of keys) expect([name, ...(known.get(name) ?? ["no such event"])]).toContain(shape);
      }
      expect([...known.keys()].filter((name) => !shapes(simulated).has(name))).toEqual([]);
    });
  }

  it("answers actions with the same keys and in the same words", async () => {
    const pbx = await simulator();
    const one = await loggedIn(pbx.port);
    answer(pbx);
    pbx.placeCall({ from: "13900000002", queue: "support" });
    await one.send("Action: CoreShowChannels");
    await one.send("Action: QueueStatus");
    await one.until("QueueStatusComplete");
    const replies = [await one.send("Action: Ping"), await one.send("Action: CoreStatus"), await one.send("Action: Nonsense")];
    const real = recording("lists");
    const realReply = (has: string) =>
      real.find(({ keys, values }) => keys[0] === "Response" && (values.has(has) || values.get("Message")?.includes(has)));
    expect(replies[0]?.keys).toEqual(realReply("Ping")?.keys);
    expect(replies[1]?.keys).toEqual(realReply("CoreStartupDate")?.keys);
    expect(replies[2]?.values.get("Message")).toBe(realReply("Nonsense")?.values.get("Message"));
    for (const name of ["CoreShowChannel", "CoreShowChannelsComplete", "QueueParams", "QueueMember", "QueueEntry", "QueueStatusComplete"]) {
      const keysOf = (frames: readonly Frame[]) => frames.find((frame) => frame.name === name)?.keys;
      expect([name, keysOf(one.frames())]).toEqual([name, keysOf(real)]);
    }
  });

  it("pauses a member with the PBX's events, after its response", async () => {
    const pbx = await simulator();
    const one = await loggedIn(pbx.port);
    await one.send("Action: QueuePause|Interface: PJSIP/agent1002|Paused: true|Reason: Lunch, 午餐");
    await one.send("Action: QueuePause|Interface: PJSIP/agent1002|Paused: false");
    await one.send("Action: QueuePause|Interface: PJSIP/nobody|Paused: true");
    const said = (frames: readonly Frame[]) =>
      frames
        .filter(({ name, keys }) => name === "QueueMemberPause" || (keys[0] === "Response" && !name.startsWith("Authentication")))
        .map(({ name, keys, values }) => [name, keys.join(), values.get("Message"), values.get("PausedReason"), values.get("Paused")])
        .filter(([, , message]) => !/accepted/.test(message ?? ""));
    expect(said(one.frames())).toEqual(said(recording("paused-agent")));
  });
});

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
