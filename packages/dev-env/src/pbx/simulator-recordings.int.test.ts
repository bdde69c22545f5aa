import { afterEach, describe, expect, it } from "@jest/globals";
import type { PbxSimulator } from "./simulator.ts";
import { answer, closeAll, type Frame, loggedIn, recording, simulator } from "./test-client.ts";

afterEach(closeAll);

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
