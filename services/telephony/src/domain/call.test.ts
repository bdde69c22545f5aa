import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  abandon,
  accept,
  answer,
  end,
  finishWrapUp,
  hold,
  identify,
  joinQueue,
  leaveQueue,
  moveToQueue,
  queueCall,
  release,
  resume,
  transfer,
} from "./call.ts";
import { expire, expireWrapUps } from "./call-due.ts";
import { endOffer, offer, offerTo, shown, waitsOnExchange } from "./call-offers.ts";
import type { WrapUp } from "./call-queue.ts";
import { type Call, type Decided, handsOf, stateFor, waitsSince } from "./call-state.ts";
import { dropCallback, keepPlace, settleCallback } from "./queue-callback.ts";
import { isWaiting } from "./waiting-line.ts";

const wrapUp = (limitMs: number, mode: WrapUp["mode"] = "optional"): WrapUp => ({
  mode,
  limitMs,
  dispositions: [],
  defaultDisposition: "not_given",
});
const queued = () =>
  queueCall(
    {
      id: "c",
      connectorId: "pbx",
      linkedid: "1.1",
      startedAt: 1_000,
      queue: "support",
      direction: "inbound",
      routed: false,
      callerNumber: "+8613912345678",
      numberHash: "h",
      numberKind: "known",
    },
    1_000,
  ).state;
const steps = (...decide: ((call: Call) => Decided)[]): { call: Call; types: string[] } =>
  decide.reduce<{ call: Call; types: string[] }>(
    ({ call, types }, step) => {
      const { state, events } = step(call);
      return { call: state, types: [...types, ...events.map(({ type }) => type)] };
    },
    { call: queued(), types: [] },
  );
const ring = (extension: string, at: number) => (call: Call) =>
  offer(call, { offerId: `o${extension}-${at}`, employeeId: `e${extension}`, extension }, at);

describe("a call", () => {
  it("that is answered counts talk without hold, then after-call work", () => {
    const { call, types } = steps(
      ring("1001", 2_000),
      (c) => answer(c, "1001", "e1001", 3_000, 4_000),
      (c) => hold(c, 10_000),
      (c) => resume(c, 15_000),
      (c) => release(c, "e1001", wrapUp(60_000), 24_000),
      (c) => end(c, 16, 24_000),
      (c) => finishWrapUp(c, "e1001", "solved", 30_000),
    );
    expect(call).toMatchObject({ state: "ended", outcome: "answered", talkMs: 15_000, holdMs: 5_000, employeeId: "e1001" });
    expect(types).toEqual(["offered", "answered", "held", "resumed", "wrap_up_started", "ended", "wrap_up_ended"]);
  });

  it("rings at the next agent when the first does not answer", () => {
    const { call } = steps(ring("1001", 2_000), (c) => endOffer(c, { extension: "1001" }, "no_answer", 10_000), ring("1002", 11_000));
    expect(call.offers.map(({ extension, ended }) => [extension, ended])).toEqual([
      ["1001", "no_answer"],
      ["1002", ""],
    ]);
    expect(call.state).toBe("ringing");
  });

  it("that is handed on rings at the next agent, and each of the two has an own wrap-up, up to its limit", () => {
    const { call, types } = steps(
      ring("1001", 2_000),
      (c) => answer(c, "1001", "e1001", 1_000, 3_000),
      (c) => transfer(c, "blind", "1002", 9_000),
      (c) => release(c, "e1001", wrapUp(60_000), 9_000),
      ring("1002", 9_100),
      (c) => answer(c, "1002", "e1002", 900, 10_000),
      (c) => release(c, "e1002", wrapUp(60_000), 14_000),
      (c) => end(c, 16, 14_000),
    );
    expect(types).toEqual(["offered", "answered", "transferred", "wrap_up_started", "offered", "answered", "wrap_up_started", "ended"]);
    expect(call).toMatchObject({ employeeId: "e1002", state: "wrap_up", talkMs: 10_000 });
    expect(handsOf(call)).toEqual(["e1001", "e1002"]);
    const second = finishWrapUp(call, "e1002", "solved", 20_000).state;
    expect([second.state, second.disposition, handsOf(second)]).toEqual(["wrap_up", "solved", ["e1001"]]);
    const { state: both, events } = expireWrapUps(second, 70_000);
    expect(events).toMatchObject([{ type: "wrap_up_ended", at: 69_000, employeeId: "e1001", wrapUpMs: 60_000, disposition: "not_given" }]);
    expect([both.state, both.disposition, handsOf(both)]).toEqual(["ended", "solved", []]);
  });

  it("that comes back to who still wraps it up is in their hands again, and that wrap-up is over", () => {
    const { call, types } = steps(
      (c) => answer(c, "1001", "e1001", 1_000, 3_000),
      (c) => release(c, "e1001", wrapUp(60_000), 9_000),
      (c) => answer(c, "1002", "e1002", 900, 10_000),
      (c) => release(c, "e1002", wrapUp(60_000), 14_000),
      (c) => answer(c, "1001", "e1001", 900, 15_000),
    );
    expect(types).toEqual(["answered", "wrap_up_started", "answered", "wrap_up_started", "wrap_up_ended", "answered"]);
    expect(handsOf(call)).toEqual(["e1001", "e1002"]);
    expect([stateFor(call, "e1001"), stateFor(call, "e1002")]).toEqual(["talking", "wrap_up"]);
  });

  it("counts as talk what agents talk, without the waits between", () => {
    const { call, types } = steps(
      ring("1001", 2_000),
      (c) => answer(c, "1001", "e1001", 9_000, 10_000),
      (c) => hold(c, 20_000),
      (c) => release(c, "e1001", wrapUp(60_000), 70_000),
      (c) => answer(c, "1002", "e1002", 30_000, 100_000),
      (c) => hold(c, 110_000),
      (c) => resume(c, 115_000),
      (c) => release(c, "e1002", wrapUp(60_000), 160_000),
      (c) => end(c, 16, 160_000),
    );
    expect(call).toMatchObject({ talkMs: 65_000, holdMs: 55_000 });
    expect(types.at(-1)).toBe("ended");
  });

  describe("in a second queue of its exchange", () => {
    const first = [
      ring("1001", 2_000),
      (c: Call) => answer(c, "1001", "e1001", 3_000, 4_000),
      (c: Call) => transfer(c, "blind", "401", 14_000),
      (c: Call) => release(c, "e1001", wrapUp(60_000), 14_000),
    ];
    const joins = (queue: string, at: number) => (c: Call) => joinQueue(c, queue, wrapUp(60_000), at);

    it("waits there, while whoever handed it on wraps up", () => {
      const { call, types } = steps(...first, joins("sales", 14_500));
      expect(call).toMatchObject({
        state: "queued",
        outcome: "",
        queue: "sales",
        employeeId: "e1001",
        wrapping: [{ employeeId: "e1001", since: 14_000 }],
      });
      expect(isWaiting(call)).toBe(true);
      expect([stateFor(call, "e1001"), stateFor(call, "e1002"), waitsSince(call)]).toEqual(["wrap_up", "queued", 14_500]);
      expect(types.at(-1)).toBe("moved");
      expect(joins("sales", 14_600)(call).events).toEqual([]);
      expect(finishWrapUp(call, "e1001", "solved", 20_000).state).toMatchObject({ state: "queued", disposition: "solved" });
    });

    it("of ours is offered there to the next agent, and the offer's end leaves the first one's wrap-up alone", () => {
      const handed = [...first.slice(0, 3), joins("sales", 14_000)];
      const { state: ours } = joinQueue({ ...steps(...first.slice(0, 3)).call, routed: true }, "sales", wrapUp(60_000), 14_000);
      expect(steps(...handed).types.slice(-2)).toEqual(["wrap_up_started", "moved"]);
      const offered = offerTo(ours, { offerId: "o2", employeeId: "e1002", extension: "1002" }, 24_000, 15_000).state;
      const lapsed = expire(offered, 24_000);
      expect(lapsed.events).toMatchObject([{ type: "offer_ended", employeeId: "e1002" }]);
      expect(expireWrapUps(lapsed.state, 73_999).events).toEqual([]);
      expect(expireWrapUps(lapsed.state, 74_000).events).toMatchObject([{ type: "wrap_up_ended", employeeId: "e1001", wrapUpMs: 60_000 }]);
    });

    it("of ours waits anew for its next agent, also after it overflowed once more, whatever the first talk lasted", () => {
      const talked = { ...steps(...first.slice(0, 3)).call, routed: true };
      const { state: waits } = joinQueue(talked, "sales", wrapUp(60_000), 604_000);
      const { state: moved } = moveToQueue(waits, "support", 607_000);
      expect([waitsSince(waits), waitsSince(moved)]).toEqual([604_000, 604_000]);
      const offered = offerTo(moved, { offerId: "o2", employeeId: "e1002", extension: "1002" }, 624_000, 608_000).state;
      expect(accept(offered, "o2", 610_000).events.at(-1)).toMatchObject({ type: "answered", waitMs: 6_000 });
      expect(end(moved, 16, 609_000).events).toContainEqual(expect.objectContaining({ type: "abandoned", waitMs: 5_000 }));
      expect(keepPlace(moved, 611_000).events).toContainEqual(expect.objectContaining({ type: "left_queue", waitMs: 7_000 }));
      // The news of the first answer comes late: it is none of the place's.
      expect(dropCallback(keepPlace(moved, 611_000).state, 4_000, 612_000).events).toEqual([]);
    });

    it("is abandoned, not unreached, when it was a call out that an agent had handed on", () => {
      const out = { ...steps(...first.slice(0, 3)).call, routed: true, direction: "outbound" as const, callbackOf: "place" };
      const { state: waits } = joinQueue(out, "sales", wrapUp(60_000), 14_000);
      const { state: made, events } = end(waits, 16, 20_000);
      expect(made.outcome).toBe("abandoned");
      expect(events).toContainEqual({ type: "abandoned", at: 20_000, waitMs: 6_000 });
      const callback = { state: "dialling", attempts: 0, nextAt: 0, callId: made.id } as const;
      expect(settleCallback({ ...queued(), callback }, made, {}, 20_001).state.callback?.state).toBe("reached");
    });

    it("is over when its caller is gone, also for an answer that is told late while the first agent still wraps up", () => {
      const { call } = steps(...first, ring("1002", 14_500), (c) => end(c, 16, 15_000));
      expect(call).toMatchObject({ state: "wrap_up", endedAt: 15_000 });
      expect(answer(call, "1002", "e1002", 500, 15_001)).toEqual({ state: call, events: [] });
    });

    it("is abandoned there, though it was answered before", () => {
      const { call, types } = steps(
        ...first,
        joins("sales", 14_500),
        (c) => abandon(c, 6_000, 20_500),
        (c) => end(c, 16, 20_500),
      );
      expect(call).toMatchObject({ outcome: "abandoned", talkMs: 10_000, state: "wrap_up" });
      expect(types.slice(-3)).toEqual(["moved", "abandoned", "ended"]);
      const lost = steps(...first, joins("sales", 14_500), (c) => end(c, 0, 20_500));
      expect(lost.types.slice(-2)).toEqual(["abandoned", "ended"]);
    });

    it("is answered there, after it left the first unanswered, or was taken from an agent without a word", () => {
      const left = steps(
        (c) => leaveQueue(c, "timeout", 7_000, 8_000),
        joins("sales", 8_100),
        ring("1002", 8_200),
        (c) => answer(c, "1002", "e1002", 500, 8_600),
      );
      expect(left.types).toEqual(["left_queue", "moved", "offered", "answered"]);
      expect(left.call).toMatchObject({ outcome: "answered", queue: "sales", state: "talking" });
      const taken = steps(...first.slice(0, 2), joins("sales", 9_000));
      expect(taken.types.slice(-2)).toEqual(["wrap_up_started", "moved"]);
      expect(taken.call).toMatchObject({ talkMs: 5_000, state: "queued" });
    });

    it("may be the first again; what is told late or twice, or of one whose queue is ours to choose, changes nothing", () => {
      expect(steps((c) => leaveQueue(c, "timeout", 7_000, 8_000), joins("support", 8_100)).types).toEqual(["left_queue", "moved"]);
      expect(steps(joins("support", 1_500)).types).toEqual([]);
      expect(steps(...first.slice(0, 2), joins("support", 3_000)).types).toEqual(["offered", "answered"]);
      expect(joinQueue({ ...queued(), routed: true }, "sales", wrapUp(1), 2_000).events).toEqual([]);
      expect(steps((c) => end(c, 16, 2_000), joins("sales", 3_000)).types).toEqual(["abandoned", "ended"]);
    });
  });

  it("stops ringing everywhere else when one answers", () => {
    const { call, types } = steps(ring("1001", 2_000), ring("1002", 2_000), (c) => answer(c, "1002", "e1002", 1, 3_000));
    expect(call.offers.map(({ ended }) => ended)).toEqual(["cancelled", "answered"]);
    expect(types).toEqual(["offered", "offered", "offer_ended", "answered"]);
  });

  it("that ends unanswered is abandoned once, however we learn of it", () => {
    const { types } = steps(
      (c) => abandon(c, 5_000, 6_000),
      (c) => end(c, 16, 6_000),
      (c) => end(c, 16, 6_001),
    );
    expect(types).toEqual(["abandoned", "ended"]);
    expect(steps((c) => end(c, 16, 6_000)).types).toEqual(["abandoned", "ended"]);
  });

  it("is one ring when the exchange tells of it twice", () => {
    expect(steps(ring("1001", 2_000), ring("1001", 2_500)).types).toEqual(["offered"]);
  });

  it("keeps who is calling once that is sure", () => {
    const { call } = steps(
      (c) => identify(c, "sure", "k1", 1),
      (c) => identify(c, "none", "", 2),
    );
    expect(call).toMatchObject({ certainty: "sure", customerId: "k1" });
  });

  it("ends wrap-up by itself at its limit, and not a millisecond before", () => {
    const wrapping = steps(
      ring("1001", 2_000),
      (c) => answer(c, "1001", "e1001", 1, 3_000),
      (c) => release(c, "e1001", wrapUp(60_000), 5_000),
      (c) => end(c, 16, 5_000),
    ).call;
    expect(expireWrapUps(wrapping, 64_999).events).toEqual([]);
    expect(expireWrapUps(wrapping, 70_000).events).toEqual([
      { type: "wrap_up_ended", at: 65_000, employeeId: "e1001", wrapUpMs: 60_000, disposition: "not_given" },
    ]);
    expect(() => finishWrapUp(wrapping, "e1002", "x", 6_000)).toThrow(expect.objectContaining({ code: "not_your_call" }));
  });

  it("leaves the agent nothing to do where the queue has no wrap-up, or the exchange never said that they were off it", () => {
    const talking = [ring("1001", 2_000), (c: Call) => answer(c, "1001", "e1001", 1, 3_000)];
    const none = steps(...talking, (c) => release(c, "e1001", wrapUp(60_000, "none"), 5_000));
    expect(none.types.slice(2)).toEqual(["wrap_up_ended"]);
    expect(none.call.wrapping).toBeUndefined();
    const unsaid = steps(...talking, (c) => end(c, 16, 5_000));
    expect(unsaid.types.slice(2)).toEqual(["wrap_up_ended", "ended"]);
    expect(unsaid.call.disposition).toBe("not_given");
  });

  it("that we offer rings at one agent alone, who has it only while the offer is current", () => {
    const offerAt = (extension: string, at: number) => (c: Call) =>
      offerTo(c, { offerId: `o${extension}`, employeeId: `e${extension}`, extension }, at + 20_000, at);
    const { call } = steps(offerAt("1001", 2_000));
    expect(() => offerAt("1002", 2_001)(call)).toThrow(expect.objectContaining({ code: "call_not_waiting" }));
    expect(expire(call, 21_999).events).toEqual([]);
    const lapsed = expire(call, 22_000);
    expect(lapsed.events).toEqual([{ type: "offer_ended", at: 22_000, employeeId: "e1001", offerId: "o1001", reason: "cancelled" }]);
    expect(() => accept(lapsed.state, "o1001", 22_001)).toThrow(expect.objectContaining({ code: "offer_not_current" }));
    const taken = accept(offerAt("1002", 23_000)(lapsed.state).state, "o1002", 24_000);
    expect(taken.state).toMatchObject({ state: "talking", employeeId: "e1002" });
    expect(accept(taken.state, "o1002", 24_500).events).toEqual([]);
    expect(() => accept(end(taken.state, 16, 25_000).state, "o1002", 25_001)).toThrow(
      expect.objectContaining({ code: "offer_not_current" }),
    );
    expect(taken.events).toEqual([{ type: "answered", at: 24_000, employeeId: "e1002", waitMs: 23_000 }]);
    expect(expire(taken.state, 60_000).events).toEqual([]);
  });

  it("measures ring to shown from the first acknowledgement of that agent alone", () => {
    const ringing = steps(ring("1001", 2_000)).call;
    expect(shown(ringing, "o1001-2000", "e1001", 2_040).events).toMatchObject([{ ringToShownMs: 40 }]);
    expect(shown(ringing, "o1001-2000", "e9", 2_040).events).toEqual([]);
    const once = shown(ringing, "o1001-2000", "e1001", 2_040).state;
    expect(shown(once, "o1001-2000", "e1001", 2_090).events).toEqual([]);
  });

  it("in any order of facts: never answered and abandoned, ends once, no negative times", () => {
    const anyStep = fc
      .integer({ min: 0, max: 10 })
      .chain((kind) => fc.tuple(fc.constant(kind), fc.constantFrom("1001", "1002"), fc.integer({ min: 0, max: 5_000 })));
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (plan) => {
        let at = 1_000;
        const open = new Map<string, number>();
        const { call, types } = steps(
          ...plan.map(([kind, ext, wait]) => (c: Call) => {
            at += wait;
            const step = [
              () => ring(ext, at)(c),
              () => answer(c, ext, `e${ext}`, wait, at),
              () => endOffer(c, { extension: ext }, "no_answer", at),
              () => hold(c, at),
              () => resume(c, at),
              () => release(c, `e${ext}`, wrapUp(1_000), at),
              () => abandon(c, wait, at),
              () => end(c, 16, at),
              () => expire(c, at),
              () => identify(c, "maybe", "", at),
              () => expireWrapUps(c, at),
            ][kind]?.() as Decided;
            for (const { type, ...event } of step.events) {
              if (!("employeeId" in event)) continue;
              if (type === "wrap_up_started") open.set(event.employeeId, (open.get(event.employeeId) ?? 0) + 1);
              if (type === "wrap_up_ended" && open.has(event.employeeId)) open.set(event.employeeId, 0);
            }
            return step;
          }),
        );
        expect(types.includes("answered") && types.includes("abandoned")).toBe(false);
        expect(types.filter((type) => type === "ended").length).toBeLessThanOrEqual(1);
        expect(Math.min(call.talkMs, call.holdMs)).toBeGreaterThanOrEqual(0);
        // Each leg its own wrap-up: one at a time for each agent, open in the call as long as its end was not told.
        expect([...open.values()].every((times) => times <= 1)).toBe(true);
        expect((call.wrapping ?? []).map(({ employeeId }) => employeeId).toSorted()).toEqual(
          [...open].flatMap(([id, times]) => (times > 0 ? [id] : [])).toSorted(),
        );
        if (call.state === "ended") expect(call.offers.every(({ ended }) => ended !== "")).toBe(true);
      }),
    );
  });

  it("whose agent picked up and was gone before the two were connected waits on, and the agent is free", () => {
    const ours = { ...queued(), routed: true };
    const offered = offerTo(ours, { offerId: "o", employeeId: "e", extension: "1001" }, 9_000, 2_000).state;
    const taken = accept(offered, "o", 3_000).state;
    const back = endOffer(taken, { offerId: "o" }, "rejected", 3_100);
    expect(back.state).toMatchObject({ state: "queued", outcome: "", employeeId: "", offers: [{ ended: "rejected", endedAt: 3_100 }] });
    expect(back.state.answeredAt).toBeUndefined();
    expect(back.events.map(({ type }) => type)).toEqual(["offer_ended", "wrap_up_ended"]);
    expect(endOffer(back.state, { offerId: "o" }, "rejected", 3_200).events).toEqual([]);
    // Somebody else has the caller by now, or the exchange chose the agent: nothing to take back.
    const next = offerTo(back.state, { offerId: "p", employeeId: "f", extension: "1002" }, 9_000, 4_000).state;
    expect(endOffer(accept(next, "p", 5_000).state, { offerId: "o" }, "rejected", 5_100).events).toEqual([]);
    expect(endOffer({ ...taken, routed: false }, { offerId: "o" }, "rejected", 3_100).events).toEqual([]);
  });

  it("that waits on the exchange after a cut is nobody's: what no phone rings for is over, what may be on its way is not", () => {
    const ours = { ...queued(), routed: true };
    const offered = offerTo(ours, { offerId: "o", employeeId: "e", extension: "1001" }, 9_000, 2_000).state;
    const taken = accept(offered, "o", 3_000).state;
    for (const call of [offered, taken]) {
      expect(waitsOnExchange(call, [], 2_001, 8_000).state).toMatchObject({ state: "queued", employeeId: "", outcome: "" });
      expect(waitsOnExchange(call, ["1001"], 2_001, 8_000).events).toEqual([]);
      expect(waitsOnExchange(call, [], 2_000, 8_000).events).toEqual([]);
      expect(waitsOnExchange({ ...call, routed: false }, [], 2_001, 8_000).events).toEqual([]);
    }
  });
});
