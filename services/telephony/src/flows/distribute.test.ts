import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { serviceScope } from "@trunkline/runtime";
import fc from "fast-check";
import { actionTimeout } from "../connectors/pbx/errors.ts";
import { reserve, stateOf } from "../domain/agent-session.ts";
import { end, release } from "../domain/call.ts";
import { endOffer, offerTo } from "../domain/call-offers.ts";
import { unsetQueue } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import type { Exchange, Line } from "../domain/line.ts";
import { distribute, EXCHANGE, NO_CALLS_OUT, openFloor, TENANT } from "../floor.test-support.ts";
import { timerSources } from "../timers.ts";

type Floor = Awaited<ReturnType<typeof openFloor>>;
const openOffers = ({ offers }: Call) => offers.filter(({ ended }) => ended === "");
const stateOfAgent = async ({ context, world }: Floor, id: string) => stateOf(await context.sessions.find(TENANT, id, world.now));

/** An exchange that does as it is told, and what it was told. */
function lineOf(): Parameters<typeof distribute>[2] & { readonly rung: string[]; readonly ended: string[]; fails: Error | undefined } {
  const line = {
    ...NO_CALLS_OUT,
    rung: [] as string[],
    ended: [] as string[],
    fails: undefined as Error | undefined,
    ring: async (_call: unknown, { extension }: { readonly extension: string }) => {
      line.rung.push(extension);
      if (line.fails) throw line.fails;
    },
    hangUp: async ({ linkedid }: { readonly linkedid: string }) => void line.ended.push(linkedid),
    resync: async () => undefined,
  };
  return line;
}

describe("a waiting call", () => {
  it("whose offer never came to a phone, for the instance died between its writes, costs its agent nothing", async () => {
    await using floor = await openFloor(["a"], { autoPauseAfter: 1 });
    await floor.comes("c1");
    const { now } = floor.world;
    await floor.tell("c1", { decide: (call) => offerTo(call, { offerId: "o", employeeId: "a", extension: "1001" }, now + 20_000, now) });
    await floor.pass(20_000);
    expect((await floor.context.calls.get(TENANT, "c1")).state).toBe("queued");
    expect(await floor.context.sessions.find(TENANT, "a", floor.world.now)).toMatchObject({ mode: "ready", unanswered: 0 });
    const told = floor.published.map(({ payload, topic }) =>
      topic.endsWith("call.v1") ? fromBinary(CallEventSchema, payload).event : undefined,
    );
    expect(told.find((event) => event?.case === "offerEnded")?.value).toMatchObject({ reason: "cancelled", countsAs: "" });
  });

  it("is offered to the agent who has been idle longest, goes on to the next, and is theirs who picks up", async () => {
    await using floor = await openFloor(["a", "b"], { offerMs: 20_000 });
    const line = lineOf();
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, line);
    await floor.drain();
    expect(line.rung).toEqual(["1001"]);
    expect((await stateOfAgent(floor, "a")).state).toBe("ringing");
    await floor.pass(26_000);
    expect((await stateOfAgent(floor, "a")).state).toBe("ready");
    await distribute(floor.context, EXCHANGE, line);
    expect(line.rung).toEqual(["1001", "1002"]);
    const [offer] = openOffers(await floor.context.calls.get(TENANT, "c1"));
    await floor.accepts("c1", offer?.offerId ?? "");
    await floor.drain();
    expect(await stateOfAgent(floor, "b")).toMatchObject({ state: "talking", callId: "c1" });
    expect(offer?.reason?.candidates.map(({ employeeId, failed }) => [employeeId, failed])).toEqual([
      ["b", []],
      ["a", ["declined_before"]],
    ]);
    await floor.tell("c1", { decide: (call) => release(call, "b", floor.context.queues.of(TENANT, "support").wrapUp, floor.world.now) });
    await floor.tell("c1", { decide: (call) => end(call, 16, floor.world.now) });
    await floor.drain();
    expect((await stateOfAgent(floor, "b")).state).toBe("wrap_up");
    await floor.pass(10_000);
    expect((await stateOfAgent(floor, "b")).state).toBe("ready");
  });

  it("waits on when the phone cannot be rung, and its agent is free again at once", async () => {
    await using floor = await openFloor(["a"]);
    const line = lineOf();
    line.fails = new Error("the phone is not there");
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, line);
    expect((await floor.context.calls.get(TENANT, "c1")).state).toBe("queued");
    await floor.drain();
    expect((await stateOfAgent(floor, "a")).state).toBe("ready");
  });

  it("may ring though the exchange's answer is late: it is the agent's who picks up, and nobody else's meanwhile", async () => {
    await using floor = await openFloor(["a", "b"]);
    const line = lineOf();
    line.fails = actionTimeout("originate", 5_000);
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, line);
    await floor.drain();
    await distribute(floor.context, EXCHANGE, line);
    expect(line.rung).toEqual(["1001"]);
    const [offer] = openOffers(await floor.context.calls.get(TENANT, "c1"));
    await floor.accepts("c1", offer?.offerId ?? "");
    await floor.drain();
    expect(await stateOfAgent(floor, "a")).toMatchObject({ state: "talking", callId: "c1" });
  });

  it("goes on to the next agent when nobody ever hears of the ring, and the first is free again", async () => {
    await using floor = await openFloor(["a", "b"], { offerMs: 20_000 });
    const line = lineOf();
    line.fails = actionTimeout("originate", 5_000);
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, line);
    await floor.drain();
    await floor.pass(26_000);
    expect((await stateOfAgent(floor, "a")).state).toBe("ready");
    await distribute(floor.context, EXCHANGE, line);
    expect(line.rung).toEqual(["1001", "1002"]);
  });

  it("that ended while its agent was being reserved keeps nobody: the reconciler frees them", async () => {
    await using floor = await openFloor(["a"]);
    await floor.comes("c1");
    const scope = serviceScope("telephony", TENANT, "c1");
    await floor.context.sessions.change(scope, "a", floor.world.now, (session) =>
      reserve(session, { callId: "c1", offerId: "of-a-moment-ago" }, floor.world.now),
    );
    await floor.pass(4_999);
    expect((await stateOfAgent(floor, "a")).state).toBe("reserved");
    await floor.pass(1);
    expect((await stateOfAgent(floor, "a")).state).toBe("ready");
  });

  it("is looked at behind the longer talks of others, which are left alone for a while once they were", async () => {
    await using floor = await openFloor(["a", "b"]);
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, lineOf());
    const [offer] = openOffers(await floor.context.calls.get(TENANT, "c1"));
    await floor.accepts("c1", offer?.offerId ?? "");
    await floor.drain();
    const [talker, other] = offer?.employeeId === "a" ? ["a", "b"] : ["b", "a"];
    floor.world.now += 60_000;
    await floor.context.sessions.change(serviceScope("telephony", TENANT, other), other, floor.world.now, (session) =>
      reserve(session, { callId: "c1", offerId: "lost" }, floor.world.now),
    );
    floor.world.now += 5_000;
    const sessions = timerSources(floor.context)["sessions"];
    const next = async () => (await sessions?.due(floor.world.now, 1))?.[0];
    const first = await next();
    expect(first?.id).toBe(talker);
    if (!first) throw new Error("nobody is due");
    await sessions?.postpone(first, (await sessions.fire(first)) ?? 0);
    expect((await next())?.id).toBe(other);
    await floor.fireDue();
    expect((await stateOfAgent(floor, other)).state).toBe("ready");
    expect((await stateOfAgent(floor, talker)).state).toBe("talking");
  });

  it("that was answered keeps its agent, however late the news of it come to the agent's session", async () => {
    await using floor = await openFloor(["a"]);
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, lineOf());
    const [offer] = openOffers(await floor.context.calls.get(TENANT, "c1"));
    await floor.accepts("c1", offer?.offerId ?? "");
    floor.world.now += 10_000;
    await floor.fireDue();
    expect((await stateOfAgent(floor, "a")).state).toBe("reserved");
    await floor.drain();
    expect((await stateOfAgent(floor, "a")).state).toBe("talking");
  });

  it("of higher priority is served first, then the one that came first", async () => {
    await using floor = await openFloor(["a", "b"]);
    await floor.context.queues.put(TENANT, { ...unsetQueue("gold", 1_000), priority: 100 });
    for (const [id, queue] of [
      ["c1", "support"],
      ["c2", "support"],
      ["c3", "gold"],
    ] as const) {
      await floor.comes(id, queue);
      floor.world.now += 1_000;
    }
    await distribute(floor.context, EXCHANGE, lineOf());
    const rings = async (id: string) => openOffers(await floor.context.calls.get(TENANT, id)).length;
    expect([await rings("c1"), await rings("c2"), await rings("c3")]).toEqual([1, 0, 1]);
  });

  it("overflows to the next queue with its time, and is let go where there is none", async () => {
    await using floor = await openFloor([]);
    await floor.context.queues.put(TENANT, { ...unsetQueue("second", 1_000), maxWaitMs: 20_000, overflow: "callback" });
    await floor.context.queues.put(TENANT, { ...unsetQueue("support", 10_000), maxWaitMs: 30_000, overflow: "queue:second" });
    const line = lineOf();
    await floor.comes("c1");
    await floor.pass(30_000);
    await distribute(floor.context, EXCHANGE, line);
    expect(await floor.context.calls.get(TENANT, "c1")).toMatchObject({ queue: "second", queuedAt: 1_000_000 });
    await floor.pass(20_000);
    await distribute(floor.context, EXCHANGE, line);
    expect(await floor.context.calls.get(TENANT, "c1")).toMatchObject({ outcome: "left_queue" });
    expect(line.ended).toEqual(["c1"]);
    expect(await distribute(floor.context, EXCHANGE, line)).toBe(0);
  });

  it("is let go at once when nobody works, and waits as usual when somebody does", async () => {
    await using floor = await openFloor(["a"], { calendarId: "day" });
    const week = { 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] };
    const open = [{ from: "00:00", to: "24:00" }];
    const save = (sequence: number, spans: typeof open) =>
      floor.context.calendars.put(TENANT, "day", {
        calendar: {
          timeZone: "Asia/Shanghai",
          week: Object.fromEntries(Object.keys(week).map((day) => [day, spans])) as never,
          holidays: "none",
          exceptions: {},
        },
        sequence,
      });
    const line = lineOf();
    await save(1, []);
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, line);
    expect(await floor.context.calls.get(TENANT, "c1")).toMatchObject({ outcome: "left_queue" });
    await save(2, open);
    await floor.pass(1_000);
    await floor.comes("c2");
    await distribute(floor.context, EXCHANGE, line);
    expect(line.rung).toEqual(["1001"]);
  });
});

describe("a connection that has gone to another instance", () => {
  it("offers nobody, lets nobody go and connects nobody here any more", async () => {
    await using floor = await openFloor(["a"], { maxWaitMs: 30_000, overflow: "callback" });
    const line = lineOf();
    const later: Exchange = { ...EXCHANGE, epoch: 2 };
    const stamp = (id: string) =>
      floor.context.calls.update(serviceScope("telephony", TENANT, id), id, (state) => ({
        state: { ...state, epoch: later.epoch },
        events: [],
      }));
    await floor.comes("c1");
    await stamp("c1");
    await distribute(floor.context, EXCHANGE, line);
    await floor.pass(30_000);
    await distribute(floor.context, EXCHANGE, line);
    expect(await floor.context.calls.get(TENANT, "c1")).toMatchObject({ state: "queued", outcome: "", offers: [] });
    expect([line.rung, line.ended]).toEqual([[], []]);
    expect((await stateOfAgent(floor, "a")).state).toBe("ready");
    // Its new owner does.
    const theirs = lineOf();
    await distribute(floor.context, later, theirs);
    expect(theirs.ended).toEqual(["c1"]);
  });
});

describe("two instances at once, whatever happens in between", () => {
  const step = fc.record({ kind: fc.nat(9), call: fc.nat(5), agent: fc.nat(2), ms: fc.nat(9_000) });
  type Step = { readonly kind: number; readonly call: number; readonly agent: number; readonly ms: number };

  /** Rings the phones, and knows which rings there were: nobody picks up a phone that never rang. */
  function phones() {
    const rung = new Set<string>();
    const ring: Line["ring"] = async (_call, { offerId }) => void rung.add(offerId);
    return {
      rung,
      line: { ...NO_CALLS_OUT, ring, hangUp: async () => undefined, resync: async () => undefined },
      dead: {
        ...NO_CALLS_OUT,
        ring: async () => Promise.reject(new Error("no phone")),
        hangUp: async () => undefined,
        resync: async () => undefined,
      },
    };
  }

  async function play(floor: Floor, { rung, line, dead }: ReturnType<typeof phones>, plan: readonly Step[]): Promise<void> {
    const { context, world } = floor;
    const round = (via = line, as = context) => distribute(as, EXCHANGE, via);
    // The process dies before the agent is reserved, or before the phone rings: nobody undoes anything.
    const never = () => new Promise<never>(() => undefined);
    for (const { kind, call, agent, ms } of plan) {
      const id = `c${call}`;
      const known = await context.calls.find(TENANT, id);
      const offer = known && openOffers(known)[0];
      const pickUp = async () => offer && rung.has(offer.offerId) && floor.accepts(id, offer.offerId).catch(() => undefined);
      const told = async (decide: (state: Call) => ReturnType<typeof end>) => void (known && (await floor.tell(id, { decide })));
      const doing = [
        () => Promise.all([known ? undefined : floor.comes(id), round()]),
        () => Promise.all([round(), round(line, floor.other)]),
        () => void round(line, { ...context, sessions: { ...context.sessions, change: never } }),
        () => Promise.all([round(dead), round(line, floor.other), floor.drain()]),
        () => Promise.all([pickUp(), round()]),
        () => Promise.all([round(), told((state) => end(state, 16, world.now)), floor.drain()]),
        () => Promise.all([told((state) => end(state, 16, world.now)).then(floor.drain), round()]),
        () => (offer ? told((state) => endOffer(state, offer, "rejected", world.now)) : pickUp()),
        () => floor.sets("abc"[agent] ?? "a", ms % 2 === 0 ? "ready" : "offline"),
        () => floor.pass(ms),
      ];
      await doing[kind]?.();
      await oneOwner(floor, rung);
    }
  }

  /** Never two rings, or a ring beside a talk, on one call; never two calls at one agent. */
  async function oneOwner({ context }: Floor, rung: ReadonlySet<string>): Promise<void> {
    const taken: string[] = [];
    for await (const state of context.calls.liveOf(TENANT, EXCHANGE.id)) {
      const rings = openOffers(state).filter(({ offerId }) => rung.has(offerId));
      const talks = state.state === "talking" ? [state.employeeId] : [];
      const agents = [...rings.map(({ employeeId }) => employeeId), ...talks];
      expect(agents.length).toBeLessThanOrEqual(1);
      taken.push(...agents);
    }
    expect(taken).toEqual([...new Set(taken)]);
  }

  it("no call has two agents, no agent two calls, and in the end nobody is stuck", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (plan) => {
        await using floor = await openFloor(["a", "b", "c"], { offerMs: 5_000 });
        await play(floor, phones(), plan);
        for await (const state of floor.context.calls.liveOf(TENANT, EXCHANGE.id))
          await floor.tell(state.id, { decide: (call) => end(call, 16, floor.world.now) });
        await floor.pass(60_000);
        await floor.pass(60_000);
        for (const id of ["a", "b", "c"]) expect(["ready", "offline"]).toContain((await stateOfAgent(floor, id)).state);
        expect(await floor.context.calls.waiting(TENANT)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
