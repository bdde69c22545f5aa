import { describe, expect, it } from "@jest/globals";
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
  RINGS,
  TALK,
} from "../../../fixtures/ari/steps.ts";
import { customerChannel } from "../../facts/call-keys.ts";
import { ariChannel } from "../ari/events.ts";
import type { RoutedInput } from "./reduce.ts";
import { allCalls } from "./state.ts";
import { bridgeOf, keyOf, legChannel, refOf } from "./values.ts";

describe("a snapshot after a cut", () => {
  const line = (id: string, state = "Up") => ariChannel({ id, state, dialplan: { app_name: "Stasis", app_data: "trunkline,support" } });
  const seen = (channels: ReturnType<typeof line>[], inside: readonly string[] = []): RoutedInput => ({
    type: "snapshot",
    channels,
    bridges: inside.length === 0 ? [] : [{ id: BRIDGE, channels: inside }],
  });

  it("ends what ended meanwhile, and lets go of a caller whose agent has gone", () => {
    const alone = given([...TALK, seen([line(ID)], [ID])]);
    expect(alone).toMatchObject({ facts: ["released 1001 agent_hung_up", "snapshot"], orders: [`hang_up ${ID}`] });
    const none = given([...TALK, seen([line(leg("1001"))], [leg("1001")])]);
    expect(none).toMatchObject({ facts: ["snapshot"], orders: [`hang_up ${leg("1001")}`, `end_bridge ${BRIDGE}`] });
    expect(allCalls(none.state)).toEqual([]);
  });

  it("hangs up a phone that begins to ring though nobody here has ordered it, and only then", () => {
    const strange = leg("1009", "a", "of-a-former-owner");
    expect(given([ARRIVES, event("Dial", strange, { dialstatus: "RINGING" })]).orders).toEqual([`hang_up ${strange}`]);
    expect(given([event("ChannelStateChange", strange, {}, { state: "Ringing" })]).orders).toEqual([`hang_up ${strange}`]);
    expect(given([ARRIVES, event("Dial", strange, { dialstatus: "NOANSWER" })]).orders).toEqual([]);
    expect(given([...TALK, event("ChannelStateChange", leg("1001"), {}, { state: "Ringing" })]).orders).toEqual([]);
  });

  it("lets a caller go whose agent went while nobody listened, and keeps one who waits", () => {
    const alone = seen([line(ID)], [ID]);
    expect(given([alone]).orders).toContain(`hang_up ${ID}`);
    expect(given([alone, event("ChannelDestroyed", ID)]).facts.join()).toMatch(/^ended/);
    expect(given([{ ...alone, bridges: [{ id: BRIDGE, channels: [] }] } as RoutedInput]).orders).not.toContain(`hang_up ${ID}`);
  });

  it("takes for a talk what ends while the lists are fetched", () => {
    const between = seen([line(ID), line(leg("1001"))], [ID]);
    const found = given([between]);
    expect(found.told.at(-1)).toMatchObject({ calls: [{ phase: "talking", extension: "1001", ringing: [] }] });
    expect(found.orders).not.toContain(`ask ${leg("1001")}`);
    expect(given([between, event("ChannelDestroyed", leg("1001"), { cause: 16 })])).toMatchObject({
      facts: ["released 1001 agent_hung_up"],
      orders: [`hang_up ${ID}`],
    });
    expect(given([between, inside(leg("1001"), ID, leg("1001"))])).toMatchObject({ facts: [], orders: [] });
    expect(given([seen([line(ID), line(leg("1001"))])]).orders).toContain(`ask ${leg("1001")}`);
    expect(given([seen([line(ID), line(leg("1001"), "Ringing")], [ID])]).told.at(-1)).toMatchObject({ calls: [{ phase: "waiting" }] });
  });

  it("lets a customer be offered whom an agent had called and handed to a queue, and nobody who is being talked to", () => {
    const customer = customerChannel("0193f2a4-7b1c-7c3e-9a55-1f0e8d6b4c21", NOW);
    const key = keyOf({ id: customer, createdAt: 0 });
    const offered = command({ type: "ring", call: key, offerId: "o1", extension: "1001", timeoutMs: 10_000 });
    const phone = legChannel({ role: "a", ref: refOf(customer), extension: "1001", id: "o1" });
    expect(given([seen([line(customer)]), offered]).orders).toEqual([`dial ${phone}`, `time ${phone}`]);
    const agent = legChannel({ role: "o", ref: refOf(customer), extension: "1002", id: "x" });
    const talk = { type: "snapshot", channels: [line(customer), line(agent)], bridges: [] } as const;
    const both = { ...talk, bridges: [{ id: bridgeOf(refOf(customer)), channels: [customer, agent] }] };
    expect(() => given([both, offered])).toThrow(expect.objectContaining({ code: "pbx_call_gone" }));
  });

  it("gives again the orders that were lost", () => {
    expect(given([ARRIVES, seen([line(ID, "Ring")])]).orders).toEqual([`follow ${ID}`, `answer ${ID}`, `hold_music ${ID}`]);
    expect(given([ARRIVES, seen([line(ID)])]).orders).toEqual([]);
    expect(given([...PICKED_UP, seen([line(ID), line(leg("1001"))])]).orders).toEqual([`ask ${leg("1001")}`]);
    expect(given([...ACCEPTED, seen([line(ID), line(leg("1001"))])]).orders).toEqual([`make_bridge ${BRIDGE}`, `join ${BRIDGE}`]);
    const leaves = [...TALK, event("ChannelDestroyed", leg("1001"), { cause: 16 }), seen([line(ID)], [ID])];
    expect(given(leaves).orders).toEqual([`hang_up ${ID}`]);
    const hold = [...TALK, command({ type: "hold", call: KEY })];
    const both = [line(ID), line(leg("1001"))];
    expect(given([...hold, seen(both, [ID, leg("1001")])]).orders).toEqual([`leave ${BRIDGE}`, `hold_music ${ID}`]);
    const held = given([...hold, seen(both, [leg("1001")])]);
    expect(held).toMatchObject({ facts: ["call_held by 1001", "snapshot"], orders: [] });
    expect(given([command({ type: "resume", call: KEY }), seen(both, [leg("1001")])], held.state).orders).toContain(`join ${BRIDGE}`);
    const withdrawn = [...RINGS, command({ type: "withdraw", call: KEY, offerId: "offer-1001" })];
    expect(given([...withdrawn, seen([line(ID), line(leg("1001"), "Ringing")])]).orders).toEqual([`hang_up ${leg("1001")}`]);
  });

  it("knows a caller who came back after being taken away, as the same call", () => {
    const away = [...RINGS, event("StasisEnd", ID)];
    expect(given(away)).toMatchObject({ facts: ["call_left_queue withdrawn"], orders: expect.arrayContaining([`hang_up ${leg("1001")}`]) });
    const gone = [...away, event("ChannelDestroyed", leg("1001"), { cause: 16 })];
    expect(given([...gone, event("StasisStart", ID, { args: ["sales"] })]).facts).toEqual(["queued sales 1 from 13800138000"]);
    expect(given([...gone, { type: "gone", channel: ID }]).facts).toEqual(["ended 0"]);
  });
});
