import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { type CallEvent, CallEventSchema } from "@trunkline/proto/telephony";
import { memoryBackend } from "@trunkline/store";
import { sumParts } from "../domain/fact.ts";
import { openFactStore } from "../stores/fact-store.ts";
import { takeCallEvent } from "./take-call-event.ts";
import type { Told } from "./told.ts";

type Case = Exclude<CallEvent["event"], { case: undefined }>;
const MINUTE = 600_000;
const event = (at: number, name: Case["case"], value: object = {}) => ({
  event: create(CallEventSchema, { callId: "c", event: { case: name, value } as never }),
  at: MINUTE + at,
});

/** Each event comes twice, as after a crash that lost its acknowledgement. */
async function told(...events: Told<CallEvent>[]) {
  const facts = await openFactStore(memoryBackend({ offer: () => true }, () => 0));
  for (const [n, one] of events.entries())
    for (let times = 0; times < 2; times++) await takeCallEvent(facts, { tenant: "t", id: "c", sequence: n + 1, now: 0 }, one);
  const sums = async (queue: string) => {
    const found = await Array.fromAsync(facts.ofMinute("t", queue, MINUTE));
    const { max_queued_ms: _, ...sum } = sumParts(
      found.flatMap(({ parts }) => parts),
      0,
      Number.POSITIVE_INFINITY,
    );
    return sum;
  };
  return { support: await sums("support"), sales: await sums("sales") };
}

const queued = event(0, "queued", { queue: "support" });
const moved = (at: number, talkMs = 0, holdMs = 0) =>
  event(at, "moved", { fromQueue: "support", toQueue: "sales", talkMs: BigInt(talkMs), holdMs: BigInt(holdMs) });
const answered = (at: number, waitMs: number) => event(at, "answered", { employeeId: "e", waitMs: BigInt(waitMs) });
const left = (waitMs: number) => event(waitMs, "leftQueue", { reason: "timeout", waitMs: BigInt(waitMs) });
const abandoned = (at: number, waitMs: number) => event(at, "abandoned", { waitMs: BigInt(waitMs) });
const wraps = (at: number) => event(at, "wrapUpStarted", { employeeId: "e" });
const wrapped = (at: number, ms: number) => event(at, "wrapUpEnded", { employeeId: "e", wrapUpMs: BigInt(ms) });
const ended = (at: number, talkMs: number, holdMs = 0) => event(at, "ended", { talkMs: BigInt(talkMs), holdMs: BigInt(holdMs) });

describe("a call that comes to a second queue", () => {
  it("counts in each: answered in the first, abandoned in the second, and who handed it on wraps up for the first", async () => {
    const figures = await told(
      queued,
      answered(4_000, 4_000),
      event(14_000, "transferred", {}),
      wraps(14_000),
      moved(14_100, 9_000, 1_000),
      wrapped(16_000, 2_000),
      abandoned(30_100, 16_000),
      ended(30_100, 9_000, 1_000),
    );
    expect(figures.support).toEqual({
      calls_offered: 1,
      calls_transferred: 1,
      calls_answered: 1,
      answered_wait_ms: 4_000,
      answered_in_target: 1,
      answered_in_time: 1,
      calls_handled: 1,
      handle_ms: 12_000,
    });
    expect(figures.sales).toEqual({ calls_offered: 1, calls_abandoned: 1, abandoned_wait_ms: 16_000 });
  });

  it("after the first one's time was over is answered there, and only its talk there counts there", async () => {
    const figures = await told(
      queued,
      left(7_000),
      moved(7_001),
      answered(7_500, 499),
      ended(11_500, 4_000),
      wraps(11_500),
      wrapped(12_500, 1_000),
    );
    expect(figures.support).toEqual({ calls_offered: 1, calls_left_queue: 1 });
    expect(figures.sales).toMatchObject({ calls_offered: 1, calls_answered: 1, answered_wait_ms: 499, handle_ms: 5_000 });
    const twice = await told(queued, answered(1_000, 1_000), moved(11_000, 10_000), answered(12_000, 1_000), ended(17_000, 15_000));
    expect([twice.support["handle_ms"], twice.sales["handle_ms"]]).toEqual([10_000, 5_000]);
  });

  it("counts each agent's wrap-up for the queue that they talked for, whichever ends first", async () => {
    const figures = await told(
      queued,
      answered(4_000, 4_000),
      wraps(14_000),
      moved(14_000, 10_000),
      answered(15_000, 1_000),
      ended(20_000, 15_000),
      wraps(20_000),
      wrapped(27_000, 7_000),
      wrapped(44_000, 30_000),
    );
    expect([figures.support["handle_ms"], figures.sales["handle_ms"]]).toEqual([40_000, 12_000]);
  });

  it("counts rings that its agents let pass, and phones that were not there, apart and where they were", async () => {
    const rang = (at: number, countsAs: string) => event(at, "offerEnded", { reason: "x", countsAs });
    const figures = await told(queued, rang(1, "non_response"), rang(2, "unreachable"), rang(3, ""), moved(4), rang(5, "non_response"));
    expect(figures.support).toMatchObject({ agent_non_responses: 1, offers_unreachable: 1 });
    expect(figures.sales).toEqual({ calls_offered: 1, agent_non_responses: 1 });
  });

  it("by overflow has left the first", async () => {
    const figures = await told(queued, moved(20_000), answered(25_000, 25_000), ended(30_000, 5_000));
    expect(figures.support).toEqual({ calls_offered: 1, calls_left_queue: 1 });
    expect(figures.sales).toMatchObject({ calls_offered: 1, calls_answered: 1, answered_wait_ms: 25_000 });
  });

  it("may come back to the first, which then was offered two calls", async () => {
    const back = event(9_000, "moved", { fromQueue: "sales", toQueue: "support", talkMs: 0n, holdMs: 0n });
    const figures = await told(
      queued,
      left(4_000),
      moved(5_000),
      event(8_000, "leftQueue", { waitMs: 3_000n }),
      back,
      abandoned(12_000, 3_000),
    );
    expect(figures.support).toEqual({
      calls_offered: 2,
      calls_left_queue: 1,
      calls_abandoned: 1,
      abandoned_wait_ms: 3_000,
      short_abandons: 1,
    });
    expect(figures.sales).toEqual({ calls_offered: 1, calls_left_queue: 1 });
  });
});
