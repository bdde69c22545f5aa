import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  ABSENT_MS,
  type AgentSession,
  changeMode,
  DESK_EVERY_MS,
  deskDueAt,
  deskLeft,
  deskSeen,
  follow,
  forget,
  goOffline,
  leaveDesk,
  newSession,
  reserve,
  reserveOut,
  type SessionDecided,
  type StateChanged,
  signOut,
  stateOf,
} from "./agent-session.ts";
import type { CallEvent } from "./call-event.ts";
import { offerCount } from "./offer-count.ts";

const ready = changeMode(newSession("e1", 0), { mode: "ready", reason: "" }, 1_000).state;
const offered = (at: number, offerId = "o1"): CallEvent => ({ type: "offered", at, employeeId: "e1", extension: "1001", offerId });
const offerEnded = (at: number, reason: string, offerId = "o1"): CallEvent => ({
  type: "offer_ended",
  at,
  employeeId: "e1",
  reason,
  offerId,
});
const answered = (at: number): CallEvent => ({ type: "answered", at, employeeId: "e1", waitMs: 1 });
const wrapping = (at: number): CallEvent => ({ type: "wrap_up_started", at, employeeId: "e1" });
const wrapped = (at: number): CallEvent => ({ type: "wrap_up_ended", at, employeeId: "e1", wrapUpMs: 1, disposition: "x" });
const through = (session: AgentSession, ...events: CallEvent[]): SessionDecided =>
  events.reduce<SessionDecided>(
    ({ state, events: before }, event) => {
      const next = follow(state, "c1", event, 2);
      return { state: next.state, events: [...before, ...next.events] };
    },
    { state: session, events: [] },
  );
const changes = ({ events }: SessionDecided) => events.filter((event) => event.type === "state_changed");
const brief = ({ state, previousState, previousMs }: StateChanged) => `${previousState} ${previousMs} > ${state}`;

describe("an agent", () => {
  it("goes from ringing over talking and wrap-up to ready, and each change tells how long the last state was", () => {
    const decided = through(ready, offered(5_000), answered(8_000), wrapping(68_000), wrapped(70_000));
    expect(changes(decided).map(brief)).toEqual([
      "ready 4000 > ringing",
      "ringing 3000 > talking",
      "talking 60000 > wrap_up",
      "wrap_up 2000 > ready",
    ]);
    expect(decided.state).toMatchObject({ callsTaken: 1, talkMs: 60_000, freeSince: 70_000 });
  });

  it("whom the call that they handed on rings again without an answer still wraps it up", () => {
    const wraps = through(ready, offered(5_000), answered(8_000), wrapping(68_000)).state;
    const again = through(wraps, offered(70_000, "o2"), offerEnded(80_000, "no_answer", "o2"));
    expect([stateOf(again.state).state, again.state.unanswered]).toEqual(["wrap_up", 1]);
    expect(stateOf(through(again.state, wrapped(90_000)).state).state).toBe("ready");
  });

  it("whom a colleague asks talks from when they pick up, and is free again when that is over", () => {
    const consulted: CallEvent = { type: "consulted", at: 2_500, employeeId: "e1", offerId: "o1" };
    const asked = through(ready, offered(2_000), consulted).state;
    expect(stateOf(asked)).toMatchObject({ state: "talking", callId: "c1" });
    expect(stateOf(through(asked, offerEnded(3_000, "cancelled")).state)).toMatchObject({ state: "ready" });
    expect(through(asked, offerEnded(3_000, "cancelled")).state.unanswered).toBe(0);
    // The call is handed over to them.
    const has = through(asked, answered(3_000));
    expect([has.events, has.state.callsTaken]).toEqual([[], 1]);
    expect(stateOf(through(has.state, offerEnded(3_100, "cancelled"), wrapping(4_000)).state)).toMatchObject({ state: "wrap_up" });
    expect(through(has.state, consulted).state).toBe(has.state);
  });

  it("who is asked about a call that they still wrap up does both, and neither ends the other", () => {
    const consulted: CallEvent = { type: "consulted", at: 2_500, employeeId: "e1", offerId: "o2" };
    const both = through(ready, offered(1_000), answered(1_500), wrapping(2_000), offered(2_400, "o2"), consulted).state;
    expect(stateOf(both)).toMatchObject({ state: "talking" });
    expect(stateOf(through(both, wrapped(3_000)).state)).toMatchObject({ state: "talking" });
    expect(stateOf(through(both, wrapped(3_000), offerEnded(3_100, "cancelled", "o2")).state)).toMatchObject({ state: "ready" });
    expect(stateOf(through(both, offerEnded(3_000, "cancelled", "o2")).state)).toMatchObject({ state: "wrap_up" });
  });

  it("who calls out has the phone kept once for the same wish, and for no second one", () => {
    const kept = reserveOut(ready, "out", 2_000).state;
    expect(reserveOut(kept, "out", 2_001)).toEqual({ state: kept, events: [] });
    expect(() => reserveOut(kept, "another", 2_001)).toThrow(expect.objectContaining({ code: "agent_not_free" }));
  });

  it("who asks for a break while talking has it when the call is through", () => {
    const talking = through(ready, offered(5_000), answered(8_000)).state;
    const asked = changeMode(talking, { mode: "break", reason: "lunch" }, 9_000);
    expect(asked.events).toEqual([{ type: "mode_changed", at: 9_000, mode: "break", reason: "lunch", forcedBy: "" }]);
    expect(changeMode(asked.state, { mode: "break", reason: "lunch" }, 9_500).events).toEqual([]);
    expect(stateOf(asked.state).state).toBe("talking");
    expect(through(asked.state, wrapping(10_000), wrapped(11_000)).events.at(-1)).toMatchObject({
      state: "break",
      reason: "lunch",
      at: 11_000,
    });
  });

  it("who is taken off line while talking is told so at once, and by whom; the state's time is not cut", () => {
    const talking = through(ready, offered(5_000), answered(8_000)).state;
    const forced = goOffline(talking, "forced", 9_000, "s1");
    expect(forced.events).toEqual([{ type: "mode_changed", at: 9_000, mode: "offline", reason: "forced", forcedBy: "s1" }]);
    expect(forced.state.stateSince).toBe(8_000);
    expect(changes(through(forced.state, wrapping(10_000), wrapped(11_000))).map(brief)).toEqual([
      "talking 2000 > wrap_up",
      "wrap_up 1000 > offline",
    ]);
  });

  it("is reserved once, and only when ready", () => {
    const reserved = reserve(ready, { callId: "c1", offerId: "o1" }, 2_000);
    expect(stateOf(reserved.state)).toMatchObject({ state: "reserved", callId: "c1" });
    expect(reserve(reserved.state, { callId: "c1", offerId: "o1" }, 2_001).events).toEqual([]);
    expect(() => reserve(reserved.state, { callId: "c2", offerId: "o2" }, 2_001)).toThrow(
      expect.objectContaining({ code: "agent_not_free" }),
    );
    expect(changes(forget(reserved.state, ({ offerId }) => offerId === "o1", 3_000)).map(brief)).toEqual(["reserved 1000 > ready"]);
  });

  it("goes on break after so many unanswered calls in a row; a caller who leaves does not count", () => {
    const once = through(ready, offered(2_000), offerEnded(3_000, "no_answer"), offered(4_000, "o2"), offerEnded(5_000, "cancelled", "o2"));
    expect(once.state).toMatchObject({ mode: "ready", unanswered: 1 });
    const twice = through(once.state, offered(6_000, "o3"), offerEnded(7_000, "no_answer", "o3"));
    expect(stateOf(twice.state)).toMatchObject({ state: "break", reason: "auto_pause" });
    expect(changeMode(twice.state, { mode: "ready", reason: "" }, 8_000).state.unanswered).toBe(0);
  });

  it("is taken out when the phone could not be reached so many times in a row, for a reason of its own", () => {
    const vain = (session: AgentSession, ...reasons: string[]) =>
      reasons.reduce((state, reason, n) => follow(state, "c1", offerEnded(2_000 + n, reason), 0).state, session);
    const thrice = vain(ready, "unavailable", "unavailable", "unavailable");
    expect(stateOf(thrice)).toMatchObject({ state: "break", reason: "unreachable" });
    expect(thrice.unanswered).toBe(0);
    const back = changeMode(thrice, { mode: "ready", reason: "" }, 8_000).state;
    expect(stateOf(vain(back, "unavailable", "unavailable")).state).toBe("ready");
    expect(stateOf(vain(ready, "unavailable", "unavailable", "busy", "unavailable", "cancelled")).state).toBe("ready");
    // Two are enough where the queue pauses after two unanswered ones.
    const queue = (at: number, session: AgentSession) => follow(session, "c1", offerEnded(at, "unavailable"), 2).state;
    expect(stateOf(queue(3_000, queue(2_000, ready))).reason).toBe("unreachable");
  });

  it("counts as figures do: busy, declining and silence of a phone are the agent's, an unreachable phone is not", () => {
    expect(["no_answer", "busy", "rejected", "unavailable", "cancelled", "other"].map(offerCount)).toEqual([
      "non_response",
      "non_response",
      "non_response",
      "unreachable",
      "",
      "",
    ]);
  });

  it("needs a reason for a break and has none otherwise", () => {
    expect(() => changeMode(ready, { mode: "break", reason: "" }, 2_000)).toThrow(
      expect.objectContaining({ code: "break_reason_missing" }),
    );
    expect(() => changeMode(ready, { mode: "offline", reason: "x" }, 2_000)).toThrow(
      expect.objectContaining({ code: "break_reason_unexpected" }),
    );
  });

  it("in any order of events: the states' times add up to the time that passed, and no state follows itself", () => {
    const makers = [offered, (at: number) => offerEnded(at, "no_answer"), answered, wrapping, wrapped];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(3), fc.nat(5_000)), { maxLength: 40 }), (plan) => {
        let at = 1_000;
        let session = ready;
        const seen: StateChanged[] = [];
        for (const [kind, call, wait] of plan) {
          at += wait;
          const event = makers[kind]?.(at) as CallEvent;
          const next = follow(session, `c${call}`, event, 3);
          session = next.state;
          seen.push(...changes(next));
        }
        expect(seen.reduce((sum, { previousMs }) => sum + previousMs, 0)).toBe(session.stateSince - 1_000);
        for (const { state, previousState, callId, reason } of seen)
          if (callId === "" && reason === "") expect(state).not.toBe(previousState);
        expect(stateOf(session).state === "ready").toBe(session.work.length === 0 && session.mode === "ready");
      }),
    );
  });
});

describe("an agent whose desktop is gone", () => {
  const ready = (at = 1_000) => changeMode(newSession("e1", 0), { mode: "ready", reason: "" }, at).state;

  it("is taken off line after two minutes, and says why; whoever loads the page anew is not", () => {
    const gone = deskLeft(deskSeen(ready(), 2_000).state, 3_000).state;
    expect(deskDueAt(gone)).toBe(3_000 + ABSENT_MS);
    expect(leaveDesk(gone, 3_000 + ABSENT_MS - 1).events).toEqual([]);
    const off = leaveDesk(gone, 3_000 + ABSENT_MS);
    expect(off.state).toMatchObject({ mode: "offline", reason: "no_desktop" });
    expect(off.events).toMatchObject([{ type: "state_changed", state: "offline", reason: "no_desktop", previousState: "ready" }]);
    const back = deskSeen(gone, 4_000).state;
    expect([back.deskLeftAt, leaveDesk(back, 3_000 + ABSENT_MS).events]).toEqual([undefined, []]);
  });

  it("is so too when the desktop's instance died and nobody notes it any more", () => {
    const seen = deskSeen(ready(), 2_000).state;
    expect(leaveDesk(seen, 2_000 + DESK_EVERY_MS).events).toEqual([]);
    expect(leaveDesk(deskSeen(seen, 2_000 + DESK_EVERY_MS).state, 2_000 + 3 * DESK_EVERY_MS).events).toEqual([]);
    expect(leaveDesk(seen, 2_000 + 3 * DESK_EVERY_MS).state.mode).toBe("offline");
  });

  it("is not, in whatever order the news of closing one and opening the next are written", () => {
    const both = [(s: AgentSession) => deskLeft(s, 3_000).state, (s: AgentSession) => deskSeen(s, 3_001).state] as const;
    for (const [first, second] of [both, both.toReversed()] as const)
      expect(second?.(first?.(deskSeen(ready(), 2_000).state) ?? ready()).deskLeftAt).toBeUndefined();
  });

  it("never had one: who works with the telephone alone is left alone, and so is who is off line", () => {
    expect(deskDueAt(ready())).toBeUndefined();
    expect(deskDueAt(deskLeft(deskSeen(newSession("e1", 0), 1).state, 2).state)).toBeUndefined();
  });
});

describe("an agent who logs out", () => {
  it("is off line at once, unless a mode was chosen since then", () => {
    const ready = changeMode(newSession("e1", 0), { mode: "ready", reason: "" }, 1_000).state;
    expect(signOut(ready, 2_000, 2_500).state).toMatchObject({ mode: "offline", reason: "signed_out" });
    expect(signOut(ready, 999, 2_500).events).toEqual([]);
    expect(changeMode(signOut(ready, 2_000, 2_500).state, { mode: "ready", reason: "" }, 3_000).state.reason).toBe("");
  });
});
