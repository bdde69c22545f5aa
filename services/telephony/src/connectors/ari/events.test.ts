import { readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { fixture, SETTINGS } from "../../../fixtures/ari/replay.ts";
import { damagedJson, heldBytes, oneOf, type Random, randomFrom } from "../../malformed.test-support.ts";
import { reduceRouted } from "../routed/reduce.ts";
import { allCalls, initialRoutedState, type RoutedState } from "../routed/state.ts";
import { ariChannel, ariTime, MAX_ARI_FRAME, parseAriFrame } from "./events.ts";

const NOW = 1_800_000_000_000;

function frames(): string[] {
  const folder = new URL("../../../fixtures/ari", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return names.flatMap((name) =>
    fixture(name.replace(".jsonl", "")).flatMap((line) => ("event" in line ? [JSON.stringify(line["event"])] : [])),
  );
}

function damaged(frame: string, random: Random): string {
  switch (random(5)) {
    case 0:
      return frame.replace(/"id":"[^"]*"/, `"id":"${random(1e9)}.${random(1e9)}"`);
    case 1:
      return frame.replaceAll(/"(Up|Down|Ringing|Ring)"/g, '"\u0000"').replace(/"exten":"[^"]*"/, `"exten":"${"9".repeat(300)}"`);
    default:
      return damagedJson(frame, random);
  }
}

describe("frames of the event socket", () => {
  it("reads what the real PBX sends", () => {
    const parsed = frames().map(parseAriFrame);
    expect(parsed.length).toBeGreaterThan(400);
    expect(parsed.filter((one) => typeof one !== "object")).toEqual([]);
    const start = fixture("taken-out").find((line) => JSON.stringify(line).includes("StasisStart"));
    expect(parseAriFrame(JSON.stringify(start?.["event"]))).toMatchObject({
      type: "entered",
      args: ["support"],
      channel: { state: "Ring", number: "13800138000", exten: "501", app: "trunkline", args: ["support"] },
    });
  });

  it("says what is wrong with a frame, and nothing of a kind that nobody asked for", () => {
    expect(parseAriFrame("")).toBe("not_json");
    expect(parseAriFrame("{")).toBe("not_json");
    expect(parseAriFrame("[".repeat(200_000))).toBe("not_json");
    expect(parseAriFrame("[]")).toBe("not_an_event");
    expect(parseAriFrame("null")).toBe("not_an_event");
    expect(parseAriFrame('{"type":"StasisStart"}')).toBe("not_an_event");
    expect(parseAriFrame(`{"type":"StasisStart","channel":{"id":"${"1".repeat(151)}"}}`)).toBe("not_an_event");
    expect(parseAriFrame(`"${"x".repeat(MAX_ARI_FRAME)}"`)).toBe("frame_too_large");
    expect(parseAriFrame('{"type":"ChannelTalkingStarted","channel":{"id":"1.1"}}')).toBeUndefined();
    expect(parseAriFrame('{"type":"ApplicationReplaced"}')).toMatchObject({ type: "taken_over" });
  });

  it("takes the PBX's time with its zone, and none from what is no time", () => {
    expect(ariTime("2026-11-22T07:33:53.439+0000")).toBe(Date.UTC(2026, 10, 22, 7, 33, 53, 439));
    expect(ariTime("2026-11-22T15:33:53.439+0800")).toBe(Date.UTC(2026, 10, 22, 7, 33, 53, 439));
    expect([ariTime("yesterday"), ariTime(7), ariTime("1960-01-01T00:00:00.000+0000")]).toEqual([0, 0, 0]);
    expect(ariChannel({ id: "1.1", creationtime: null })).toMatchObject({ id: "1.1", createdAt: 0, number: "" });
  });

  it("stays upright on 100,000 damaged frames, and what it keeps stays within its bounds", () => {
    const whole = frames();
    const random = randomFrom(42);
    let state: RoutedState = initialRoutedState({ ...SETTINGS, maxCalls: 256 });
    let left = 0;
    let longest = 0;
    let held = 0;
    for (let i = 0; i < 100_000; i++) {
      if (i === 20_000) held = heldBytes();
      const parsed = parseAriFrame(damaged(oneOf(whole, random), random));
      if (typeof parsed !== "object") left++;
      else {
        const step = reduceRouted(state, { type: "event", event: parsed }, NOW);
        state = step.state;
        longest = Math.max(longest, step.facts.length, step.orders.length);
      }
    }
    expect(heldBytes()).toBeLessThan(held * 1.1);
    expect(left).toBeGreaterThan(20_000);
    expect(longest).toBeLessThan(20);
    const calls = allCalls(state);
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.length).toBeLessThanOrEqual(256);
    expect(state.aliases.size).toBeLessThanOrEqual(1024);
    expect(JSON.stringify(calls).length).toBeLessThan(256 * 4000);
  });
});
