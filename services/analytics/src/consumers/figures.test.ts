import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { type CallEvent, CallEventSchema } from "@trunkline/proto/telephony";
import fc from "fast-check";
import { callParts } from "../domain/call-fact.ts";
import { addMeasures, applyChange, type Fact, minuteOf, sumParts } from "../domain/fact.ts";
import { computeFigure, FIGURES } from "../domain/figures.ts";
import { callChange } from "./call-change.ts";

type Case = CallEvent["event"];
const event = (at: number, what: Exclude<Case, { case: undefined }>) =>
  create(CallEventSchema, { callId: "c", occurredAt: timestampFromMs(at), event: what as never });
const given = (...events: CallEvent[]) =>
  events.reduce<Fact | undefined>(
    (fact, one, index) =>
      applyChange(
        "call",
        fact,
        index + 1,
        callChange({ event: one, at: one.occurredAt ? timestampMs(one.occurredAt) : 0 }, fact?.memory ?? {}),
        callParts,
      ) ?? fact,
    undefined,
  );
const queued = (at: number) => event(at, { case: "queued", value: { queue: "q" } as never });
const answered = (at: number, wait: number) => event(at, { case: "answered", value: { employeeId: "e", waitMs: BigInt(wait) } as never });
const abandoned = (at: number, wait: number) => event(at, { case: "abandoned", value: { waitMs: BigInt(wait) } as never });
const ended = (at: number, talk: number, hold: number) =>
  event(at, { case: "ended", value: { cause: 16, talkMs: BigInt(talk), holdMs: BigInt(hold) } as never });
const wrapped = (at: number, ms: number) => event(at, { case: "wrapUpEnded", value: { wrapUpMs: BigInt(ms) } as never });
const figure = (name: string, facts: readonly (Fact | undefined)[]) => {
  const definition = FIGURES.find((one) => one.name === name);
  if (!definition) throw new Error(name);
  return computeFigure(
    definition,
    sumParts(
      facts.flatMap((fact) => fact?.parts ?? []),
      0,
      Infinity,
    ),
  );
};

describe("figures", () => {
  const facts = [
    given(queued(1_000), answered(6_000, 5_000), ended(66_000, 50_000, 10_000), wrapped(70_000, 4_000)),
    given(queued(2_000), answered(32_000, 30_000), ended(40_000, 8_000, 0)),
    given(queued(3_000), abandoned(5_000, 2_000)),
    given(queued(4_000), abandoned(34_000, 30_000)),
  ];

  it("service level leaves short abandons out and says so", () => {
    expect(figure("service_level_80_20", facts)).toMatchObject({
      numerator: 1,
      denominator: 3,
      definition: { exclusions: ["short_abandons_under_5s", "calls_left_queue"] },
    });
  });

  it("service level counts what each queue wants, and 20 s where that is not known", () => {
    const within = (wait: number, targetMs: number) =>
      given(
        queued(1_000),
        event(1_000 + wait, { case: "answered", value: { employeeId: "e", waitMs: BigInt(wait), targetMs: BigInt(targetMs) } as never }),
      );
    expect(
      figure("service_level", [
        within(9_000, 10_000),
        within(11_000, 10_000),
        within(59_000, 60_000),
        within(21_000, 0),
        within(20_000, 0),
      ]),
    ).toMatchObject({
      numerator: 3,
      denominator: 5,
    });
  });

  it("ASA is over answered calls, AHT adds talk, hold and wrap-up over handled ones", () => {
    expect(figure("asa", facts)).toMatchObject({ numerator: 35_000, denominator: 2 });
    expect(figure("aht", facts)).toMatchObject({ numerator: 72_000, denominator: 2, value: 36_000 });
    expect(figure("max_queued_time", facts).value).toBe(30_000);
  });

  it("a ratio over nothing has no value rather than zero", () => {
    expect(figure("asa", [])).toMatchObject({ hasValue: false, denominator: 0 });
  });

  it("of what belongs to no queue have no value for one queue, instead of a zero that looks counted", () => {
    const of = (name: string, queue?: string) => {
      const definition = FIGURES.find((one) => one.name === name);
      if (!definition) throw new Error(name);
      return computeFigure(definition, { surveys_sent: 3, calls_offered: 2 }, queue).hasValue;
    };
    expect([of("surveys_sent"), of("surveys_sent", "q"), of("csat", "q"), of("calls_offered", "q")]).toEqual([true, false, false, true]);
  });

  it("are the same however often each event comes and however minutes are added up", () => {
    const plan = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 600_000 }), wait: fc.integer({ min: 0, max: 60_000 }), left: fc.boolean() }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 4 }), (calls, times) => {
        const once = calls.map(({ at, wait, left }) => given(queued(at), left ? abandoned(at + wait, wait) : answered(at + wait, wait)));
        const repeated = once.map((fact) => {
          let again = fact;
          for (let n = 0; n < times; n++) again = applyChange("call", again, 2, { memory: { waitMs: 99 } }, callParts) ?? again;
          return again;
        });
        expect(repeated).toEqual(once);
        const parts = once.flatMap((fact) => fact?.parts ?? []);
        const minutes = [...new Set(parts.map(({ at }) => minuteOf(at)))].map((from) => sumParts(parts, from, from + 60_000));
        expect(addMeasures(minutes)).toEqual(sumParts(parts, 0, Infinity));
      }),
    );
  });
});
