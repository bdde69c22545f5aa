import { describe, expect, it } from "@jest/globals";
import { BRIDGE, command, event, given, ID, inside, KEY, leg, NOW, PICKED_UP, TALK } from "../../../fixtures/ari/steps.ts";
import { ariChannel } from "../ari/events.ts";
import type { RoutedInput } from "./reduce.ts";

const AT = NOW + TALK.length * 10;
const transfer = (kind: "blind" | "attended") => command({ type: "transfer", call: KEY, destination: "1002", kind });
const down = (channel: string, cause = 16) => event("ChannelDestroyed", channel, { cause });
const blind = leg("1002", "t", String(AT));
const asked = leg("1002", "c", String(AT));
const HANDED_ON: RoutedInput[] = [...TALK, transfer("blind"), event("Dial", blind, { dialstatus: "RINGING" }), down(leg("1001"))];
const ASKS: RoutedInput[] = [...TALK, transfer("attended"), event("Dial", asked, { dialstatus: "RINGING" })];

describe("a caller whom an agent hands on", () => {
  it("waits in their queue again when the phone they were handed to is not answered", () => {
    const back = [...HANDED_ON, down(blind, 19)];
    expect(given(back)).toMatchObject({ facts: ["offer ended 1002 no_answer", "queued support 1 from 13800138000"], orders: [] });
    const ring = command({ type: "ring", call: KEY, offerId: "offer-1003", extension: "1003", timeoutMs: 10_000 });
    expect(given([...back, ring]).orders[0]).toBe(`dial ${leg("1003")}`);
    expect(given([...back, down(ID)]).facts).toEqual(["abandoned support", "ended 16"]);
  });

  it("who has hung up by then is let go", () => {
    const gone = [...HANDED_ON, event("ChannelHangupRequest", ID), down(blind, 19)];
    expect(given(gone)).toMatchObject({ facts: ["offer ended 1002 no_answer"], orders: [`hang_up ${ID}`] });
  });

  it.each([
    ["blindly", HANDED_ON, blind],
    ["to be asked first", ASKS, asked],
  ])("%s, rings no more at who declines", (_, rings, phone) => {
    expect(given([...rings, command({ type: "withdraw", call: KEY, offerId: String(AT) })]).orders).toEqual([`hang_up ${phone}`]);
  });
});

/** What lives on the exchange after a cut: callers and agents' phones, and who is in the call's bridge. */
const line = (id: string) => ariChannel({ id, state: "Up", dialplan: { app_name: "Stasis", app_data: "trunkline,support" } });
const seen = (channels: readonly string[], ...inside: string[]): RoutedInput => ({
  type: "snapshot",
  channels: channels.map(line),
  bridges: inside.length === 0 ? [] : [{ id: BRIDGE, channels: inside }],
});
const PARTED: RoutedInput[] = [...ASKS, event("ChannelLeftBridge", ID, { bridge: { id: BRIDGE, channels: [leg("1001")] } })];

describe("after a cut", () => {
  it("a caller whose next phone is gone waits in their queue again", () => {
    const cut = [...HANDED_ON, seen([ID])];
    expect(given(cut).facts).toEqual(["offer ended 1002 unavailable", "queued support 1 from 13800138000", "snapshot"]);
    const ring = command({ type: "ring", call: KEY, offerId: "offer-1003", extension: "1003", timeoutMs: 10_000 });
    expect(given([...cut, ring]).orders[0]).toBe(`dial ${leg("1003")}`);
  });

  it("an agent whose colleague is gone has the caller back", () => {
    const cut = [...PARTED, seen([ID, leg("1001")], leg("1001"))];
    expect(given(cut).orders).toEqual([`stop_music ${ID}`, `make_bridge ${BRIDGE}`, `join ${BRIDGE}`]);
    const back = [...cut, inside(ID, ID, leg("1001"))];
    expect(given(back).facts).toEqual(["call_resumed by 1001"]);
    expect(given([...back, transfer("blind")]).orders[0]).toMatch(/^dial /);
  });

  it("a colleague who picked up meanwhile talks, also to a new owner", () => {
    const there = seen([ID, leg("1001"), asked], leg("1001"), asked);
    expect(given([...PARTED, event("StasisStart", asked), there]).facts).toEqual(["agent_consulted", "snapshot"]);
    expect(given([there]).facts).toContain("agent_consulted");
  });
});

describe("a caller who is to be connected", () => {
  it("hears music and waits again when who picked up is gone before that", () => {
    const gone = [...HANDED_ON, event("StasisStart", blind), down(blind)];
    expect(given(gone)).toMatchObject({
      facts: ["offer ended 1002 rejected", "queued support 1 from 13800138000"],
      orders: [`leave ${BRIDGE}`, `hold_music ${ID}`],
    });
  });
});

describe("a colleague who is asked", () => {
  it("is told of as soon as they have picked up, by the offer's own id", () => {
    const talks = [...ASKS, event("StasisStart", asked), inside(asked, leg("1001"), asked)];
    expect(given(talks).told).toEqual([
      { kind: "agent_consulted", callKey: KEY, at: expect.any(Number), extension: "1002", offerId: String(AT) },
    ]);
    expect(given([...talks, inside(asked, leg("1001"), asked)]).facts).toEqual([]);
    expect(given(PICKED_UP).orders).not.toContain(`join ${BRIDGE}`);
  });
});
