import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { playOnSimulator } from "./ari-sim-cast.test-support.ts";
import { ARI_SCENARIOS } from "./record-ari-scenarios.ts";

type Json = { readonly [key: string]: unknown };
type Line = { readonly id: string; readonly name: string; readonly state: string };
type Event = Json & { readonly type: string; readonly channel?: Line; readonly peer?: Line };

function recorded(scenario: string): Event[] {
  const text = readFileSync(new URL(`../../../../services/telephony/fixtures/ari/${scenario}.jsonl`, import.meta.url), "utf8");
  const lines = text.trimEnd().split("\n");
  return lines.flatMap((line) => (JSON.parse(line) as { event?: Event }).event ?? []);
}

/** What was told of each line, in order; lines by who they are and as the how-manieth of them they came. */
function stories(events: readonly Event[], lost: boolean): Record<string, string[]> {
  const names = new Map<string, string>();
  const nameOf = ({ id, name }: Line): string => {
    const who = /agent\d+|trunk/.exec(name)?.[0] ?? "";
    const known = names.get(id) ?? `${who} ${[...names.values()].filter((one) => one.startsWith(who)).length + 1}`;
    names.set(id, known);
    return known;
  };
  const told: Record<string, string[]> = {};
  for (const event of events) {
    const line = event.channel ?? event.peer;
    if (line === undefined) continue;
    const inside = (event["bridge"] as { channels: string[] } | undefined)?.channels.map((id) => names.get(id)).sort();
    const state = event.type === "ChannelStateChange" ? line.state : "";
    const parts = [event.type, state, event["dialstatus"], event["cause"], event["soft"] && "soft", event["args"], inside];
    const name = nameOf(line);
    told[name] = [...(told[name] ?? []), parts.filter((part) => part !== undefined && part !== "").join(" ")];
  }
  return Object.fromEntries(
    Object.entries(told)
      .map(([name, lines]) => [name, withoutRace(lines, lost)])
      .filter(([, lines]) => lines?.length !== 0),
  );
}

/** These three are told by different threads of the exchange. */
const RACE = new Set(["Dial", "Dial RINGING", "ChannelStateChange Ringing"]);

function withoutRace(lines: readonly string[], lost: boolean): string[] {
  return [...(lost ? [] : lines.filter((line) => RACE.has(line)).sort()), ...lines.filter((line) => !RACE.has(line))];
}

/** The wire is cut while a phone begins to ring: what came before is chance. */
const CUT = new Set(["reconnect", "picked-up-in-cut"]);

function shapesOf(value: unknown): string {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return "";
  const entries = Object.entries(value).sort(([one], [two]) => one.localeCompare(two));
  return `{${entries.map(([key, inner]) => key + shapesOf(inner)).join(",")}}`;
}

/** Keys of each kind of event, down to the last. */
function shapes(events: readonly Event[]): Set<string> {
  return new Set(events.map((event) => `${event.type} ${shapesOf(event)}`));
}

/** What phones do by themselves inside the exchange, or how Local channels behave there, is not simulated. */
const NOT_PLAYED = new Set(["blind-transfer-by-phone", "attended-transfer-by-phone", "local-caller", "caller-garbage", "caller-anonymous"]);
const PLAYED = Object.entries(ARI_SCENARIOS).filter(([name]) => !NOT_PLAYED.has(name));
/** Side by side: the scripts are in real time. */
const played = new Map(PLAYED.map(([name, scenario]) => [name, playOnSimulator(scenario)]));

describe("the simulated ARI exchange beside the real one", () => {
  it.each(PLAYED.map(([name]) => name))(
    "tells %s in the same events, with the same keys, in the same order for each line",
    async (name) => {
      const simulated = ((await played.get(name)) ?? []).map((text) => JSON.parse(text) as Event);
      const real = recorded(name);
      expect(stories(simulated, CUT.has(name))).toEqual(stories(real, CUT.has(name)));
      expect([...shapes(simulated)].sort()).toEqual([...shapes(real)].sort());
    },
  );
});
