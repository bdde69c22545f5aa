import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { AgentSessionEventSchema } from "@trunkline/proto/telephony";
import fc from "fast-check";
import { agentStateParts } from "../domain/agent-fact.ts";
import { applyChange, sumParts } from "../domain/fact.ts";
import { computeFigure, FIGURES } from "../domain/figures.ts";
import { agentStateChange } from "./agent-change.ts";

const left = (previousState: string, at: number, previousMs: number) => {
  const event = create(AgentSessionEventSchema, {
    employeeId: "e1",
    event: { case: "stateChanged", value: { state: "ready", previousState, previousMs: BigInt(previousMs) } as never },
  });
  return applyChange("agent_state", undefined, 1, agentStateChange({ event, at }), agentStateParts)?.parts ?? [];
};
const figure = (name: string, parts: ReturnType<typeof left>) => {
  const definition = FIGURES.find((one) => one.name === name);
  if (!definition) throw new Error(name);
  return computeFigure(definition, sumParts(parts, 0, Number.POSITIVE_INFINITY));
};

describe("occupancy", () => {
  it("is handling over handling and idle time; ringing and breaks are outside, off line is nowhere", () => {
    const parts = [
      ...left("talking", 600_000, 90_000),
      ...left("wrap_up", 640_000, 30_000),
      ...left("ready", 700_000, 60_000),
      ...left("ringing", 710_000, 10_000),
      ...left("break", 900_000, 100_000),
      ...left("offline", 10_000_000, 5_000_000),
    ];
    expect(figure("occupancy", parts)).toMatchObject({ numerator: 120_000, denominator: 180_000 });
    expect(figure("utilisation", parts)).toMatchObject({ numerator: 120_000, denominator: 290_000 });
  });

  it("counts each millisecond of a state in the minute in which it passed, and a forgotten one not at all", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 90_000_000, max: 200_000_000 }),
        fc.integer({ min: 0, max: 7_200_000 }),
        fc.nat(200_000_000),
        (at, ms, cut) => {
          const parts = left("ready", at, ms);
          const [before, after] = [
            sumParts(parts, 0, Math.floor(cut / 60_000) * 60_000),
            sumParts(parts, Math.floor(cut / 60_000) * 60_000, Number.POSITIVE_INFINITY),
          ];
          const border = Math.floor(cut / 60_000) * 60_000;
          const early = Math.max(0, Math.min(at, border) - (at - ms));
          expect(before["agent_ready_ms"] ?? 0).toBe(Math.min(early, ms));
          expect((before["agent_ready_ms"] ?? 0) + (after["agent_ready_ms"] ?? 0)).toBe(ms);
        },
      ),
    );
    expect(left("talking", 200_000_000, 90_000_000)).toEqual([]);
  });
});
