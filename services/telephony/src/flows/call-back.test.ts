import { describe, expect, it } from "@jest/globals";
import { actionTimeout } from "../connectors/pbx/errors.ts";
import { answer, end, identify, joinQueue } from "../domain/call.ts";
import { endOffer, offer } from "../domain/call-offers.ts";
import { type CallQueue, unsetQueue } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { keepPlace } from "../domain/queue-callback.ts";
import { distribute, EXCHANGE, openFloor, TENANT } from "../floor.test-support.ts";

const NUMBER = "+8613900000001";
const CALLBACK = { first: "agent", key: "1", attempts: 2, gapMs: 60_000 } as const;

/** A queue that calls back, on a line that keeps what it was told to dial. */
async function floorWith(agents: readonly string[], settings: Partial<CallQueue> = {}) {
  const floor = await openFloor(agents, { callback: CALLBACK, ...settings });
  const dialled: { readonly id: string; readonly to: string }[] = [];
  const line = {
    ended: [] as string[],
    fails: undefined as Error | undefined,
    dialOut: "PJSIP/{number}@trunk",
    callerNumber: "4001",
    ring: async () => undefined,
    resync: async () => undefined,
    hangUp: async ({ linkedid }: { readonly linkedid: string }) => void line.ended.push(linkedid),
    originate: async ({ id, extension, number }: { id: string; extension: string; number: string }) => dial(id, `${extension} > ${number}`),
    callIntoQueue: async ({ id, number, queue }: { id: string; number: string; queue: string }) => dial(id, `${number} > ${queue}`),
  };
  const dial = (id: string, to: string) => {
    dialled.push({ id, to });
    if (line.fails) throw line.fails;
  };
  const get = (id: string) => floor.context.calls.get(TENANT, id);
  const round = async () => {
    await distribute(floor.context, EXCHANGE, line);
    await floor.drain();
  };
  const tell = async (id: string, decide: (call: Call) => ReturnType<typeof end>) => {
    await floor.tell(id, { decide });
    await floor.drain();
  };
  return { floor, line, dialled, get, round, tell, now: () => floor.world.now };
}

/** The caller presses the key and hangs up. */
async function keeps({ floor, tell, now }: Awaited<ReturnType<typeof floorWith>>, id = "c1", number = NUMBER): Promise<void> {
  await floor.comes(id, "support", number);
  await tell(id, (call) => keepPlace(call, now()));
  await tell(id, (call) => end(call, 16, now()));
}

describe("a caller who keeps the place", () => {
  it("is hung up on, is not abandoned, and is called back at their turn: the agent first", async () => {
    const world = await floorWith([]);
    await using floor = world.floor;
    await keeps(world);
    expect(floor.exchange.orders).toEqual(["hangUp c1"]);
    expect(await world.get("c1")).toMatchObject({ outcome: "left_queue", state: "ended", callback: { state: "waiting" } });
    await floor.pass(5_000);
    await floor.comes("c2");
    await floor.hire("a");
    await world.round();
    const [made] = world.dialled;
    expect(made?.to).toBe(`1001 > ${NUMBER}`);
    expect((await world.get("c2")).offers).toEqual([]);
    await world.tell(made?.id ?? "", (call) => answer(call, "1001", "a", 0, world.now()));
    await world.tell(made?.id ?? "", (call) => end(call, 16, world.now()));
    expect((await world.get("c1")).callback).toMatchObject({ state: "reached", attempts: 0 });
  });

  it("is tried again after the gap, and in the end a task for a person", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world);
    for (const attempt of [1, 2]) {
      await world.round();
      expect(world.dialled.length).toBe(attempt);
      await world.tell(world.dialled.at(-1)?.id ?? "", (call) => end(call, 19, world.now()));
      await world.round();
      expect(world.dialled.length).toBe(attempt);
      await floor.pass(60_000);
    }
    expect((await world.get("c1")).callback).toMatchObject({ state: "given_up", attempts: 2 });
    await world.round();
    expect(world.dialled.length).toBe(2);
  });

  it("loses no attempt to an agent who does not pick up, nor to an exchange that is away", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world);
    world.line.fails = new Error("the exchange is away");
    await world.round();
    expect((await world.get("c1")).callback).toMatchObject({ state: "waiting", attempts: 0 });
    world.line.fails = undefined;
    await floor.pass(10_000);
    await world.round();
    const id = world.dialled.at(-1)?.id ?? "";
    await world.tell(id, (call) => offer(call, { offerId: "o", employeeId: "a", extension: "1001" }, world.now()));
    await world.tell(id, (call) => endOffer(call, { offerId: "o" }, "no_answer", world.now()));
    await world.tell(id, (call) => end(call, 19, world.now()));
    expect((await world.get("c1")).callback).toMatchObject({ state: "waiting", attempts: 0 });
  });

  it.each([
    ["abroad, where nobody may call", "+442079460958", () => undefined],
    [
      "who said that they want no calls",
      NUMBER,
      ({ floor, tell }: Awaited<ReturnType<typeof floorWith>>) => {
        floor.exchange.closed.add("k1");
        return tell("c1", (call) => identify(call, "sure", "k1", floor.world.now));
      },
    ],
  ] as const)("%s is not dialled, and is a task for a person at once", async (_, number, given) => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world, "c1", number);
    await given(world);
    await world.round();
    expect((await world.get("c1")).callback).toMatchObject({ state: "given_up", attempts: 0 });
    await floor.pass(60_000);
    await world.round();
    expect(world.dialled).toEqual([]);
    await keeps(world, "c2", "+8613900000002");
    await world.round();
    expect(world.dialled.map(({ to }) => to)).toEqual(["1001 > +8613900000002"]);
  });

  it("called first waits before those who came later, and for no longer than anybody once there", async () => {
    const world = await floorWith(["a"], { callback: { ...CALLBACK, first: "customer" }, maxWaitMs: 30_000, overflow: "callback" });
    await using floor = world.floor;
    await keeps(world);
    await floor.pass(40_000);
    await world.round();
    const id = world.dialled[0]?.id ?? "";
    expect(world.dialled[0]?.to).toBe(`${NUMBER} > support`);
    await floor.comes("c2");
    await floor.pass(5_000);
    await world.tell(id, (call) => joinQueue(call, "support", unsetQueue("support", 60_000).wrapUp, world.now()));
    await world.round();
    expect((await world.get(id)).offers).toMatchObject([{ employeeId: "a" }]);
    expect((await world.get("c2")).offers).toEqual([]);
  });

  it("is called though marketing does not answer, for they have asked for it; not against what it answers", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world);
    await world.tell("c1", (call) => identify(call, "sure", "wang", world.now(), ""));
    floor.exchange.gateAway = true;
    await world.round();
    expect(world.dialled.length).toBe(1);
  });

  it("is not called any more once they have called again and been answered", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world);
    floor.world.now += 1_000;
    await floor.comes("c2", "support", NUMBER);
    await world.tell("c2", (call) => answer(call, "1001", "a", 0, world.now()));
    expect((await world.get("c1")).callback?.state).toBe("reached");
    await floor.pass(60_000);
    await world.round();
    expect(world.dialled).toEqual([]);
  });

  it("is called though the news of an answer from before they kept their place comes late", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await floor.comes("c0", "support", NUMBER);
    await floor.tell("c0", { decide: (call) => answer(call, "1001", "a", 0, world.now()) });
    floor.world.now += 300_000;
    await keeps(world);
    await floor.drain();
    expect((await world.get("c1")).callback?.state).toBe("waiting");
    await floor.redeliver();
    expect((await world.get("c1")).callback?.state).toBe("waiting");
  });

  it("keeps it by overflow too; who hides the number becomes a task as before", async () => {
    const world = await floorWith([], { maxWaitMs: 1_000, overflow: "callback" });
    await using floor = world.floor;
    await floor.comes("c1", "support", NUMBER);
    await floor.comes("c2");
    await floor.pass(1_000);
    await world.round();
    expect([(await world.get("c1")).callback?.state, (await world.get("c2")).callback]).toEqual(["waiting", undefined]);
    expect(world.line.ended.sort()).toEqual(["c1", "c2"]);
  });

  it("is called before the agent only while there is an agent for each who is called so", async () => {
    const world = await floorWith(["a"], { callback: { ...CALLBACK, first: "customer" } });
    await using floor = world.floor;
    await keeps(world);
    await keeps(world, "c2", "+8613900000002");
    await world.round();
    await floor.pass(1_000);
    await world.round();
    expect(world.dialled.map(({ to }) => to)).toEqual([`${NUMBER} > support`]);
    await floor.hire("b");
    await world.round();
    expect(world.dialled.length).toBe(2);
  });

  it("is not called twice where the exchange's answer is late and it dials all the same", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world);
    world.line.fails = actionTimeout("originate", 5_000);
    await world.round();
    await floor.pass(10_000);
    await world.round();
    expect(world.dialled.length).toBe(1);
    expect((await world.get(world.dialled[0]?.id ?? "")).endedAt).toBeUndefined();
  });

  it("waits on when whoever was to dial has died between claim and call", async () => {
    const world = await floorWith(["a"]);
    await using floor = world.floor;
    await keeps(world);
    const dies = { ...floor.context, calls: { ...floor.context.calls, create: () => new Promise<never>(() => undefined) } };
    void distribute(dies, EXCHANGE, world.line);
    await new Promise(setImmediate);
    await floor.pass(0);
    expect((await world.get("c1")).callback?.state).toBe("dialling");
    await floor.pass(180_000);
    expect((await world.get("c1")).callback).toMatchObject({ state: "waiting", attempts: 0 });
    await floor.pass(10_000);
    await world.round();
    expect(world.dialled.length).toBe(1);
  });
});
