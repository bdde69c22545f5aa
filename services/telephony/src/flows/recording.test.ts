import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { answer, end, joinQueue, measure, release } from "../domain/call.ts";
import { hear, pauseRecording, resumeRecording } from "../domain/recording.ts";
import { distribute, EXCHANGE, NO_CALLS_OUT, openFloor, TENANT } from "../floor.test-support.ts";

const DAY_MS = 86_400_000;
const line = { ...NO_CALLS_OUT, ring: async () => undefined, hangUp: async () => undefined, resync: async () => undefined };

/** A call of a queue that is recorded for 30 days, answered by agent a. */
async function answered(mode: "off" | "all" = "all", deletes = true) {
  const floor = await openFloor(["a"], { recording: { mode, keepDays: 30 } });
  floor.exchange.deletes = deletes;
  const call = () => floor.context.calls.get(TENANT, "c1");
  await floor.comes("c1");
  await distribute(floor.context, EXCHANGE, line);
  const [offer] = (await call()).offers;
  await floor.accepts("c1", offer?.offerId ?? "");
  await floor.drain();
  const told = () =>
    floor.published.filter(({ topic }) => topic.endsWith("call.v1")).map(({ payload }) => fromBinary(CallEventSchema, payload).event);
  const states = () => told().flatMap((event) => (event.case === "recordingChanged" ? [[event.value.state, event.value.employeeId]] : []));
  const ends = () => floor.tell("c1", { decide: (one) => end(one, 16, floor.world.now) });
  return { floor, call, told, states, ends };
}

describe("a call's recording", () => {
  it("begins with the answer where the queue asks for it, stands still while paused, and is kept for its days", async () => {
    const { floor, call, states, ends } = await answered();
    await using _ = floor;
    expect(floor.exchange.orders).toEqual(["record c1"]);
    floor.world.now += 10_000;
    await floor.tell("c1", { decide: (one) => pauseRecording(one, "a", floor.world.now) });
    floor.world.now += 4_000;
    await floor.tell("c1", { decide: (one) => resumeRecording(one, "a", floor.world.now) });
    await ends();
    const { recording, recordingDueAt } = await call();
    expect(recording).toMatchObject({ state: "kept", pausedMs: 4_000 });
    expect(recordingDueAt).toBe(floor.world.now + 30 * DAY_MS);
    await floor.drain();
    expect(states()).toEqual([
      ["recording", ""],
      ["paused", "a"],
      ["recording", "a"],
      ["kept", ""],
    ]);
  });

  it("is not made where the queue does not ask for it, and says so when the exchange will not", async () => {
    const off = await answered("off");
    await using _ = off.floor;
    expect([off.floor.exchange.orders, (await off.call()).recording]).toEqual([[], undefined]);
    const floor = await openFloor(["a"], { recording: { mode: "all", keepDays: 30 } });
    await using __ = floor;
    floor.exchange.away = true;
    await floor.comes("c1");
    await distribute(floor.context, EXCHANGE, line);
    await floor.accepts("c1", (await floor.context.calls.get(TENANT, "c1")).offers[0]?.offerId ?? "");
    await floor.drain();
    expect((await floor.context.calls.get(TENANT, "c1")).recording?.state).toBe("failed");
  });

  it("stands still from the answer in a queue that is not recorded", async () => {
    const { floor, call, states } = await answered();
    await using _ = floor;
    const { queues } = floor.context;
    await queues.put(TENANT, { ...queues.of(TENANT, "support"), id: "private", recording: { mode: "off", keepDays: 30 } });
    floor.world.now += 10_000;
    await floor.tell(
      "c1",
      { decide: (one) => joinQueue(one, "private", queues.of(TENANT, "support").wrapUp, floor.world.now) },
      { decide: (one) => answer(one, "1002", "b", 0, floor.world.now + 1) },
    );
    await floor.drain();
    await floor.redeliver();
    await floor.drain();
    expect((await call()).recording?.state).toBe("paused");
    expect(floor.exchange.orders).toEqual(["record c1", "pauseRecording c1"]);
    expect(states()).toEqual([
      ["recording", ""],
      ["paused", ""],
    ]);
  });

  it("is shown to the agent until the call is over; who listens later is not", async () => {
    const { floor, ends } = await answered();
    await using _ = floor;
    await ends();
    await floor.tell("c1", { decide: (one) => hear(one, "s", floor.world.now + 1) });
    await floor.drain();
    const frames = await floor.desktop("a");
    expect(frames.flatMap((frame) => (frame.type === "recording" ? [frame.state] : []))).toEqual(["recording", "kept"]);
  });

  it("is heard only once the call is over, and remembers who did", async () => {
    const { floor, call, ends } = await answered();
    await using _ = floor;
    const { now } = floor.world;
    const running = await call();
    expect(() => hear(running, "s", now)).toThrow("no recording to listen to");
    await ends();
    await floor.tell("c1", { decide: (one) => hear(one, "s", now + 1) });
    expect((await call()).recording?.listens).toEqual([{ employeeId: "s", at: now + 1 }]);
  });

  it("is deleted at the exchange when its days are over; an exchange that is away is asked again", async () => {
    const { floor, call, ends } = await answered();
    await using _ = floor;
    await ends();
    await floor.pass(30 * DAY_MS - 1);
    expect([...floor.exchange.kept]).toEqual(["c1"]);
    floor.exchange.away = true;
    await floor.pass(1);
    expect((await call()).recording?.state).toBe("kept");
    floor.exchange.away = false;
    await floor.pass(3_600_000);
    expect([[...floor.exchange.kept], (await call()).recording?.state, (await call()).recordingDueAt]).toEqual([[], "deleted", undefined]);
  });

  it("stays where the exchange keeps it to itself, says so from the call's end on, and is not asked for again", async () => {
    const { floor, call, ends } = await answered("all", false);
    await using _ = floor;
    await ends();
    expect([(await call()).recording?.state, (await call()).recordingDueAt]).toEqual(["kept_elsewhere", undefined]);
    const kept = await call();
    expect(() => hear(kept, "s", floor.world.now)).toThrow(expect.objectContaining({ code: "recording_elsewhere" }));
    await floor.drain();
    expect((await floor.desktop("a")).flatMap((frame) => (frame.type === "recording" ? [frame.state] : []))).toEqual(["recording", "kept"]);
    await floor.pass(30 * DAY_MS);
    expect(floor.exchange.orders).toEqual(["record c1"]);
  });

  it("of a connection that has become one that keeps them to itself stays there when its days are over", async () => {
    const { floor, call, ends } = await answered();
    await using _ = floor;
    await ends();
    floor.exchange.deletes = false;
    await floor.pass(30 * DAY_MS);
    expect([(await call()).recording?.state, (await call()).recordingDueAt]).toEqual(["kept_elsewhere", undefined]);
    expect(await floor.fireDue()).toBe(0);
  });

  it("cannot be paused when there is none", async () => {
    const { floor, call } = await answered("off");
    await using _ = floor;
    const talking = await call();
    expect(() => pauseRecording(talking, "a", 0)).toThrow("is not being recorded");
  });
});

describe("what an exchange measures of a call", () => {
  it("counts at its worst, and goes with the end of the call", async () => {
    const { floor, call, told, ends } = await answered("off");
    await using _ = floor;
    for (const [mos, lossPercent] of [
      [4.3, 0],
      [3.1, 2.5],
      [4.4, 0.5],
    ] as const)
      await floor.tell("c1", { decide: (one) => measure(one, { mos, lossPercent }) });
    await floor.tell("c1", {
      decide: (one) => release(one, "a", floor.context.queues.of(TENANT, "support").wrapUp, floor.world.now),
    });
    await ends();
    await floor.drain();
    expect((await call()).quality).toEqual({ mos: 3.1, lossPercent: 2.5 });
    expect(told().find((event) => event.case === "ended")).toMatchObject({ value: { mos: 3.1 } });
  });
});
