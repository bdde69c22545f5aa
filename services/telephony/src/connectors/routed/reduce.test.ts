import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fixture, inputOf, SETTINGS } from "../../../fixtures/ari/replay.ts";
import {
  ACCEPTED,
  ARRIVES,
  BRIDGE,
  command,
  event,
  given,
  ID,
  inside,
  KEY,
  leg,
  NOW,
  PICKED_UP,
  REF,
  RINGS,
  ring,
  TALK,
} from "../../../fixtures/ari/steps.ts";
import type { UnnumberedFact } from "../../facts/facts.ts";
import { parseAriFrame } from "../ari/events.ts";
import { NO_CHANNEL, type RoutedEvent } from "./events.ts";
import { type RoutedInput, reduceRouted } from "./reduce.ts";
import { allCalls, initialRoutedState, type RoutedState } from "./state.ts";
import { legChannel, refOf } from "./values.ts";

function recording(type: "record" | "pause_recording" | "resume_recording"): RoutedInput {
  return command({ type, call: KEY, name: "c-1" });
}

function codeOf(inputs: readonly RoutedInput[]): string {
  try {
    given(inputs);
    return "no error";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

describe("what follows from one thing that happened", () => {
  it("greets a caller with music, and lets nobody to the caller before the offer is confirmed", () => {
    expect(given([ARRIVES])).toMatchObject({
      facts: ["queued support 1 from 13800138000"],
      orders: [`follow ${ID}`, `answer ${ID}`, `hold_music ${ID}`],
    });
    expect(given(PICKED_UP)).toMatchObject({ facts: [], orders: [`ask ${leg("1001")}`] });
    expect(given(ACCEPTED).orders).toEqual([`stop_music ${ID}`, `make_bridge ${BRIDGE}`, `join ${BRIDGE}`]);
    expect(given(TALK).facts).toEqual(["answered 1001 via queue"]);
  });

  it("hangs up whoever picks up second, or when the caller has gone", () => {
    const second = [...ACCEPTED, ring("1002"), event("StasisStart", leg("1002"))];
    expect(given([...second, { type: "accepted", channel: leg("1002"), current: true }]).orders).toEqual([`hang_up ${leg("1002")}`]);
    const goes = [...PICKED_UP, event("ChannelHangupRequest", ID)];
    expect(given([...goes, { type: "accepted", channel: leg("1001"), current: true }]).orders).toEqual([`hang_up ${leg("1001")}`]);
    const gone = [...PICKED_UP, event("ChannelDestroyed", ID, { cause: 16 })];
    expect(given(gone)).toMatchObject({
      facts: ["offer ended 1001 cancelled", "abandoned support", "ended 16"],
      orders: [`hang_up ${leg("1001")}`, `end_bridge ${BRIDGE}`],
    });
    expect(given([...gone, { type: "accepted", channel: leg("1001"), current: true }])).toMatchObject({ facts: [], orders: [] });
    expect(given([...gone, event("StasisStart", leg("1001"))]).orders).toEqual([`hang_up ${leg("1001")}`]);
  });

  it("lets the caller wait on when the two could not be connected, or the agent went before they were", () => {
    const order = { do: "join", call: REF, bridge: BRIDGE, channels: [] } as const;
    const refused: RoutedInput[] = [...ACCEPTED, { type: "failed", order }];
    expect(given(refused).orders).toEqual([`hang_up ${leg("1001")}`]);
    const music = [`leave ${BRIDGE}`, `hold_music ${ID}`];
    expect(given([...refused, event("ChannelDestroyed", leg("1001"), { cause: 16 })])).toMatchObject({
      facts: ["offer ended 1001 unavailable"],
      orders: music,
    });
    expect(given([...ACCEPTED, event("ChannelDestroyed", leg("1001"), { cause: 16 })])).toMatchObject({
      facts: ["offer ended 1001 rejected"],
      orders: music,
    });
    expect(codeOf([...refused, ring("1002")])).toBe("no error");
  });

  it("takes an offer back, also while it is asked about, and is not troubled when nothing rings", () => {
    const withdraw = command({ type: "withdraw", call: KEY, offerId: "offer-1001" });
    expect(given([...PICKED_UP, withdraw]).orders).toEqual([`hang_up ${leg("1001")}`]);
    expect(given([...PICKED_UP, withdraw, { type: "accepted", channel: leg("1001"), current: true }]).orders).toEqual([
      `hang_up ${leg("1001")}`,
    ]);
    expect(given([...TALK, withdraw]).orders).toEqual([]);
    expect(given([withdraw]).orders).toEqual([]);
    expect(given([...RINGS, ring("1001")]).orders).toEqual([]);
  });

  it("refuses what makes no sense any more", () => {
    expect(codeOf([ring("1001")])).toBe("pbx_call_gone");
    expect(codeOf([...TALK, ring("1002")])).toBe("pbx_call_gone");
    expect(codeOf([...RINGS, command({ type: "hold", call: KEY })])).toBe("pbx_call_not_talking");
    const transfer = command({ type: "transfer", call: KEY, destination: "1002", kind: "attended" });
    expect(codeOf([...TALK, transfer, transfer])).toBe("pbx_transfer_pending");
    expect(codeOf([...TALK, transfer, command({ type: "resume", call: KEY })])).toBe("pbx_transfer_pending");
    expect(codeOf([...TALK, command({ type: "hang_up", call: KEY }), command({ type: "hang_up", call: KEY })])).toBe("pbx_call_gone");
  });

  it("does not call it abandoned when we hang up who waits", () => {
    const inputs = [...RINGS, command({ type: "hang_up", call: KEY }), event("ChannelDestroyed", ID, { cause: 16 })];
    expect(given(inputs).facts).toEqual(["offer ended 1001 cancelled", "call_left_queue withdrawn", "ended 16"]);
  });

  it("puts a caller who is handed to a queue on the music, lets the agent go, and rings at whoever is next", () => {
    const toSales = command({ type: "transfer_to_queue", call: KEY, queue: "sales" });
    const moved = [...TALK, toSales];
    expect(given(moved)).toMatchObject({
      facts: ["transferred blind 1001 to sales", "queued sales 1 from 13800138000"],
      orders: [`leave ${BRIDGE}`, `hold_music ${ID}`, `hang_up ${leg("1001")}`],
    });
    const gone = [...moved, event("ChannelDestroyed", leg("1001"), { cause: 16 })];
    expect(given(gone)).toMatchObject({ facts: [], orders: [] });
    const picked: RoutedInput[] = [
      ...gone,
      ring("1002"),
      event("StasisStart", leg("1002")),
      { type: "accepted", channel: leg("1002"), current: true },
    ];
    expect(given(picked).orders).toEqual([`stop_music ${ID}`, `make_bridge ${BRIDGE}`, `join ${BRIDGE}`]);
    expect(given([...picked, inside(leg("1002"), ID, leg("1002"))]).facts).toEqual(["answered 1002 via queue"]);
    expect(codeOf([...moved, toSales])).toBe("pbx_call_not_talking");
    const asks = command({ type: "transfer", call: KEY, destination: "1002", kind: "attended" });
    expect(codeOf([...TALK, asks, toSales])).toBe("pbx_transfer_pending");
    // Held by our order, the caller hears the music already.
    const held = [...TALK, command({ type: "hold", call: KEY })];
    expect(given([...held, toSales]).orders).toEqual([`hang_up ${leg("1001")}`]);
  });

  it("ends the consultation and not the call when its agent hangs up meanwhile by an order", () => {
    const asks = command({ type: "transfer", call: KEY, destination: "1002", kind: "attended" });
    const target = leg("1002", "c", String(NOW + TALK.length * 10));
    const hangUp = command({ type: "hang_up", call: KEY });
    const over = [...TALK, asks, event("StasisStart", target), inside(target, leg("1001"), target), hangUp];
    expect(given(over).orders).toEqual([`hang_up ${target}`]);
    const back = [...over, event("ChannelDestroyed", target, { cause: 16 })];
    expect(given(back)).toMatchObject({
      facts: ["offer ended 1002 cancelled"],
      orders: [`stop_music ${ID}`, `make_bridge ${BRIDGE}`, `join ${BRIDGE}`],
    });
    expect(given([...back, hangUp]).orders).toEqual([`hang_up ${ID}`]);
    // The agent's own phone goes down in between: there is nobody to hand over to.
    expect(given([...over, event("ChannelDestroyed", leg("1001"), { cause: 16 })]).orders).toEqual([`hang_up ${ID}`]);
  });

  it("undoes a transfer that the PBX does not take: the talk goes on", () => {
    const transfer = command({ type: "transfer", call: KEY, destination: "1002", kind: "blind" });
    const target = leg("1002", "t", String(NOW + TALK.length * 10));
    const dial = { do: "dial", call: REF, channel: target, endpoint: "", args: [], callerId: "", timeoutS: 1 } as const;
    const undone: RoutedInput[] = [...TALK, transfer, { type: "failed", order: dial }];
    expect(given(undone).facts).toEqual([]);
    expect(given([...undone, event("ChannelDestroyed", leg("1001"), { cause: 16 })])).toMatchObject({
      facts: ["released 1001 agent_hung_up"],
      orders: [`hang_up ${ID}`],
    });
  });

  it("follows a caller whose channel the PBX replaces", () => {
    const replaced = event("StasisStart", "1795332834.9", { replace_channel: { id: ID } });
    const inputs = [...TALK, replaced, event("StasisEnd", ID), event("ChannelDestroyed", ID, { cause: 16 })];
    expect(given(inputs)).toMatchObject({ facts: [], orders: [] });
    expect(given([...inputs, event("ChannelDestroyed", "1795332834.9", { cause: 16 })]).facts).toEqual([
      "released 1001 caller_hung_up",
      "ended 16",
    ]);
  });

  it("knows who talks when a phone handed the caller to somebody whom nobody here dialled", () => {
    const reaches = (caller: string, target: string, exten: string): RoutedInput => {
      const { event: usual } = event("StasisEnd", caller) as { type: "event"; event: RoutedEvent };
      return { type: "event", event: { ...usual, type: "reached", target: { ...NO_CHANNEL, id: target, exten } } };
    };
    const away = [...TALK, reaches(ID, "x-1", "1002")];
    expect(given(away)).toMatchObject({
      facts: ["transferred attended 1001 to 1002", "released 1001 transferred", "answered 1002 via transfer"],
      orders: [`hang_up ${leg("1001")}`],
    });
    expect(given([...away, reaches(ID, "x-1", "1002")]).facts).toEqual([]);
    expect(given([...away, event("ChannelDestroyed", leg("1001"), { cause: 16 })]).facts).toEqual([]);
    expect(given([...away, event("ChannelDestroyed", "x-1", { cause: 16 })])).toMatchObject({
      facts: ["released 1002 agent_hung_up"],
      orders: [`hang_up ${ID}`],
    });
    expect(given([...RINGS, reaches(ID, "x-1", "1002")]).facts).toEqual(["call_left_queue withdrawn"]);
    expect(given([...RINGS, reaches("x-1", ID, "1002")])).toMatchObject({ facts: [], orders: [] });
    const goes = [...TALK, event("ChannelHangupRequest", ID)];
    expect(given([...goes, reaches(ID, "x-1", "1002")]).facts).toEqual([]);
  });

  it("ends a call out that the agent does not take, and knows no customer of a call that it does not know", () => {
    const out = { id: "callback-1", extension: "1001", number: "13700137000", callerNumber: "", dialOut: "PJSIP/{number}@trunk", at: NOW };
    const customer = `tl-callback-1-${NOW / 1000}.0`;
    const agent = legChannel({ role: "o", ref: refOf(customer), extension: "1001", id: "callback-1" });
    const refused = [command({ type: "originate", ...out }), event("ChannelDestroyed", agent, { cause: 21 })];
    const { facts, state } = given(refused);
    expect(facts).toEqual(["offered 1001 via outbound", "offer ended 1001 rejected", "ended 21"]);
    expect(allCalls(state)).toEqual([]);
    expect(given([event("StasisStart", customer)])).toMatchObject({ facts: [], orders: [`hang_up ${customer}`] });
    expect(codeOf([command({ type: "originate", ...out, number: "1&SIP/2" })])).toBe("pbx_number_invalid");
  });
});

/** The recordings' inputs in an order that never was, some lost, some twice. */
const SCENARIOS = ["two-phones", "attended-transfer", "blind-transfer-by-phone", "hold-by-us", "concurrent", "originated", "stale-offer"];

describe("whatever comes in whatever order", () => {
  it("never gives a caller to two agents at once, and tells nothing of a call after its end", () => {
    const inputs = SCENARIOS.map((name) => fixture(name).flatMap((line) => inputOf(line) ?? []));
    const plan = fc.record({
      which: fc.nat({ max: SCENARIOS.length - 1 }),
      moves: fc.array(fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: -4, max: 4 }), fc.boolean()), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(plan, ({ which, moves }) => {
        const shuffled = [...(inputs[which] ?? [])];
        for (const [from, by, twice] of moves) {
          const [moved] = twice ? shuffled.slice(from, from + 1) : shuffled.splice(from, 1);
          if (moved !== undefined && by !== 0) shuffled.splice(Math.max(0, from + by), 0, moved);
        }
        checkFacts(shuffled);
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});

function checkFacts(inputs: readonly RoutedInput[]): void {
  let state = initialRoutedState(SETTINGS);
  const talkers = new Map<string, string>();
  const over = new Set<string>();
  for (const [i, input] of inputs.entries()) {
    const facts = stepOf(state, input, NOW + i);
    state = facts.state;
    for (const fact of facts.facts) {
      if (!("callKey" in fact)) continue;
      const { linkedid } = fact.callKey;
      // A caller's arrival told after its end begins the call anew; the snapshot after a cut ends it.
      if (fact.kind === "call_queued") over.delete(linkedid);
      expect(over).not.toContain(linkedid);
      if (fact.kind === "call_answered") {
        expect(talkers.get(linkedid)).toBeUndefined();
        talkers.set(linkedid, fact.extension);
      }
      if (fact.kind === "agent_released") {
        expect(talkers.get(linkedid)).toBe(fact.extension);
        talkers.delete(linkedid);
      }
      if (fact.kind === "call_ended") {
        expect(talkers.get(linkedid)).toBeUndefined();
        over.add(linkedid);
      }
    }
  }
}

/** A command that comes at the wrong moment is refused; that is no fault. */
function stepOf(state: RoutedState, input: RoutedInput, at: number): { state: RoutedState; facts: readonly UnnumberedFact[] } {
  if (input.type !== "command") return reduceRouted(state, input, at);
  try {
    return reduceRouted(state, input, at);
  } catch {
    return { state, facts: [] };
  }
}

describe("the recording of a call", () => {
  const over = (type: string, duration?: number): RoutedInput => {
    const frame = { type, recording: { name: "c-1", target_uri: `bridge:${BRIDGE}`, ...(duration === undefined ? {} : { duration }) } };
    return { type: "event", event: parseAriFrame(JSON.stringify(frame)) as RoutedEvent };
  };

  it("is ordered for the bridge in which both talk, and refused for a caller who waits", () => {
    expect(given([...TALK, recording("record")]).orders).toEqual([`record ${BRIDGE}`]);
    expect(given([...TALK, recording("pause_recording")]).orders).toEqual(["pause_recording "]);
    expect(codeOf([ARRIVES, recording("record")])).toBe("pbx_call_not_talking");
    expect(codeOf([...PICKED_UP, recording("record")])).toBe("pbx_call_not_talking");
    expect(codeOf([...ACCEPTED, recording("record")])).toBe("no error");
    expect(codeOf([...TALK, command({ type: "record", call: KEY, name: "../etc/passwd" })])).toBe("pbx_id_invalid");
  });

  it("is over when the exchange says so, with what it has; of a call that nobody knows it says nothing", () => {
    expect(given([...TALK, over("RecordingFinished", 7)]).told).toMatchObject([{ kind: "recording_ended", durationMs: 7000 }]);
    expect(given([...TALK, over("RecordingFailed")]).told).toMatchObject([{ kind: "recording_ended", durationMs: 0 }]);
    expect(given([over("RecordingFinished", 7)]).facts).toEqual([]);
  });
});

describe("what the network says of the caller's number", () => {
  it("comes with the caller, as the dial plan found it", () => {
    const verdict = (...args: string[]) => {
      const [fact] = given([event("StasisStart", ID, { args })]).told as readonly { callerVerdict?: string }[];
      return fact?.callerVerdict;
    };
    expect([verdict("support", "A"), verdict("support", "C"), verdict("support", "failed")]).toEqual(["full", "gateway", "failed"]);
    expect([verdict("support"), verdict("support", ""), verdict("support", "constructor")]).toEqual([undefined, undefined, undefined]);
  });
});
