import { describe, expect, it } from "@jest/globals";
import type { Context } from "../context.ts";
import { leaveQueue, noteHandover } from "../domain/call.ts";
import type { Line } from "../domain/line.ts";
import type { Snapshot, SnapshotCall } from "../facts/facts.ts";
import { distribute, EXCHANGE, openFloor, TENANT } from "../floor.test-support.ts";
import { factIntake } from "./fact-intake.ts";

const KEY = { startedAt: 1_795_332_833_000, linkedid: "1795332833.0" };

/** A connection that was just taken over, and the calls that its line was told to hang up. */
async function takenOver() {
  const floor = await openFloor(["a", "b"]);
  const hungUp: string[] = [];
  const line = {
    ready: async () => undefined,
    hangUp: async ({ linkedid }: { readonly linkedid: string }) => void hungUp.push(linkedid),
    ring: async () => undefined,
    resync: async () => undefined,
  } as unknown as Line;
  const context: Context = {
    ...floor.context,
    lines: new Map([[EXCHANGE.id, line]]),
    callers: { isNew: () => false, forget: () => undefined } as unknown as Context["callers"],
  };
  const intake = factIntake(context, EXCHANGE);
  const caller = { callerNumber: "", callerName: "", callerFlags: [], dialedNumber: "" };
  const waiting: SnapshotCall = {
    ...caller,
    callKey: KEY,
    phase: "waiting",
    queue: "support",
    extension: "",
    ringing: [],
    position: 1,
    waitMs: 0,
  };
  const see = async (...calls: readonly SnapshotCall[]) => {
    const [at, liveLinkedids] = [floor.world.now, calls.map(({ callKey }) => callKey.linkedid)];
    const snapshot: Snapshot = { kind: "snapshot", seq: 1, at, liveLinkedids, calls, queues: [], members: [] };
    await intake.handle([snapshot]);
    await intake.idle();
  };
  await see(waiting);
  const [call] = await context.calls.waiting(TENANT);
  return { floor, context, line, intake, waiting, see, hungUp, callId: call?.id ?? "" };
}

describe("what lives on the exchange when a connection is taken over", () => {
  it("gives a caller back to the queue whom an agent had accepted but is not connected to", async () => {
    const { floor, context, line, waiting, see, callId } = await takenOver();
    await distribute(context, EXCHANGE, line);
    const [offer] = (await context.calls.get(TENANT, callId)).offers;
    await floor.accepts(callId, offer?.offerId ?? "");
    floor.world.now += 6_000;
    await see({ ...waiting, ringing: [offer?.extension ?? ""] });
    expect(await context.calls.get(TENANT, callId)).toMatchObject({ state: "talking" });
    await see(waiting);
    expect(await context.calls.get(TENANT, callId)).toMatchObject({ state: "queued", outcome: "", employeeId: "" });
    await floor.drain();
    expect(
      (await context.ready.of(TENANT))
        .all()
        .map(({ session }) => session.id)
        .sort(),
    ).toEqual(["a", "b"]);
    await floor[Symbol.asyncDispose]();
  });

  it("has a caller wait in the queue to which their agent handed them, though the former owner died before it said so", async () => {
    const { floor, context, line, waiting, see, callId } = await takenOver();
    await distribute(context, EXCHANGE, line);
    const [{ offerId, extension, employeeId } = { offerId: "", extension: "", employeeId: "" }] = (await context.calls.get(TENANT, callId))
      .offers;
    await floor.accepts(callId, offerId);
    floor.world.now += 6_000;
    await see({ ...waiting, phase: "talking", extension });
    const handover = { employeeId, extension: "", queue: "sales", note: "", at: floor.world.now };
    await floor.tell(callId, { decide: (call) => noteHandover(call, handover) });
    floor.world.now += 1_000;
    await see(waiting);
    const handed = { state: "queued", outcome: "", queue: "sales", talkMs: 7_000, wrapping: [{ employeeId }] };
    expect(await context.calls.get(TENANT, callId)).toMatchObject(handed);
    await see(waiting);
    expect(await context.calls.get(TENANT, callId)).toMatchObject(handed);
    await floor[Symbol.asyncDispose]();
  });

  it("knows our own ring by its id, also when its agent has answered before it is reported", async () => {
    const { floor, context, line, intake, waiting, see, callId } = await takenOver();
    await distribute(context, EXCHANGE, line);
    const [{ offerId, extension } = { offerId: "", extension: "" }] = (await context.calls.get(TENANT, callId)).offers;
    await floor.accepts(callId, offerId);
    await intake.handle([{ ...waiting, kind: "agent_offered", seq: 2, at: floor.world.now, extension, via: "queue", offerId }]);
    await see({ ...waiting, ringing: [extension], rings: [{ offerId }] });
    expect((await context.calls.get(TENANT, callId)).offers).toMatchObject([{ offerId, ended: "answered" }]);
    await floor[Symbol.asyncDispose]();
  });

  it("hangs up a caller who had left the queue before the former owner could do so, and nobody else", async () => {
    const { floor, context, waiting, see, hungUp, callId } = await takenOver();
    await see(waiting);
    expect(hungUp).toEqual([]);
    await floor.tell(callId, { decide: (call) => leaveQueue(call, "timeout", 1, floor.world.now) });
    await see(waiting);
    expect(hungUp).toEqual([KEY.linkedid]);
    floor.world.now += 1;
    await see();
    expect(await context.calls.get(TENANT, callId)).toMatchObject({ state: "ended", outcome: "left_queue" });
    await floor[Symbol.asyncDispose]();
  });

  it("shows a ring once that the former owner had shown and not stored: it is known by its phone's channel", async () => {
    const { floor, context, waiting, see, callId } = await takenOver();
    const shown: string[] = [];
    const pops = {
      ...context.pops,
      show: async ({ offer }: { readonly offer: { readonly offerId: string } }) => void shown.push(offer.offerId),
    };
    const neverStored = { ...context, pops, calls: { ...context.calls, update: () => new Promise<never>(() => undefined) } };
    const former = factIntake(neverStored as unknown as Context, { ...EXCHANGE, routed: false });
    const ring = { extension: "1001", leg: "1795332834.7", via: "queue", at: floor.world.now } as const;
    await former.handle([{ ...waiting, ...ring, kind: "agent_offered", seq: 2 }]);
    floor.world.now += 4_000;
    await see({ ...waiting, ringing: [ring.extension], rings: [{ leg: ring.leg }] });
    const { offers } = await context.calls.get(TENANT, callId);
    expect(offers.map(({ offerId }) => offerId)).toEqual(shown);
    await floor[Symbol.asyncDispose]();
  });
});

describe("a caller who waits", () => {
  it.each([
    ["", "withheld", ""],
    ["13800138000", "known", "+8613800138000"],
    ["sip:+8613800138000@10.0.0.1", "known", "+8613800138000"],
    ["+44 20 7946 0958", "known", "+442079460958"],
    ["110", "invalid", "110"],
    ["9".repeat(64), "invalid", "9".repeat(64)],
    ["1-800-FLOWERS", "invalid", "1-800-FLOWERS"],
    ["139Action: Logoff", "invalid", "139Action: Logoff"],
    ["<script>'; DROP", "invalid", "<script>'; DROP"],
  ])("is a call whatever the number is: %j", async (callerNumber, numberKind, number) => {
    const { floor, context, see, waiting } = await takenOver();
    const other = { startedAt: KEY.startedAt, linkedid: "1795332833.9" };
    await see(waiting, { ...waiting, callKey: other, callerNumber });
    const calls = await context.calls.waiting(TENANT);
    expect(calls.find(({ linkedid }) => linkedid === other.linkedid)).toMatchObject({
      state: "queued",
      callerNumber: number,
      numberKind,
      numberHash: numberKind === "known" ? number : "",
    });
    await floor[Symbol.asyncDispose]();
  });
});
