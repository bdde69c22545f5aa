import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { Lease } from "@trunkline/store";
import { type Hints, noHints } from "./hints.ts";
import { createTimers, type Due, type TimerSource } from "./timers.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const now = () => Date.now();
const lease = (held: boolean): Lease => ({
  hold: async () => held,
  held: () => held,
  epoch: () => 1,
  owner: async () => "me",
  [Symbol.asyncDispose]: async () => undefined,
});

/** Due times as a store holds them; firing takes one away and notes when. */
function book(fails = 0) {
  const entries = new Map<string, Due>();
  const fired: { id: string; at: number }[] = [];
  const calls: string[] = [];
  let left = fails;
  const source: TimerSource = {
    due: async (until, limit) =>
      [...entries.values()]
        .filter(({ at }) => at <= until)
        .sort((a, b) => a.at - b.at)
        .slice(0, limit),
    fire: async ({ id }) => {
      calls.push(id);
      if (left-- > 0) throw new Error("not now");
      if ((entries.get(id)?.at ?? Number.POSITIVE_INFINITY) > now()) return undefined;
      entries.delete(id);
      fired.push({ id, at: now() });
      return undefined;
    },
    postpone: async (due, until) => void entries.set(due.id, { ...due, at: until }),
  };
  const add = (id: string, inMs: number) => {
    const due = { tenant: "t1", id, at: now() + inMs };
    entries.set(id, due);
    return due;
  };
  return { source, fired, calls, add };
}

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe("the owner of the timers", () => {
  it("fires from memory at the due time, without a scan in between", async () => {
    const { source, fired, add } = book();
    add("soon", 3_210);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source });
    await jest.advanceTimersByTimeAsync(3_209);
    expect(fired).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(fired).toEqual([{ id: "soon", at: 1_003_210 }]);
    await timers[Symbol.asyncDispose]();
  });

  it("fires once what several scans and its arming have told of", async () => {
    const { source, calls, add } = book();
    const due = add("once", 4_500);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source });
    timers.arm("source", due);
    await jest.advanceTimersByTimeAsync(4_500);
    expect(calls).toEqual(["once"]);
    await timers[Symbol.asyncDispose]();
  });

  it("fires what is overdue at its first scan, and what is armed between two scans on time", async () => {
    const { source, fired, add } = book();
    add("late", -60_000);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source });
    await jest.advanceTimersByTimeAsync(10);
    expect(fired.map(({ id }) => id)).toEqual(["late"]);
    timers.arm("source", add("armed", 100));
    await jest.advanceTimersByTimeAsync(100);
    expect(fired).toEqual([
      { id: "late", at: 1_000_000 },
      { id: "armed", at: 1_000_110 },
    ]);
    await timers[Symbol.asyncDispose]();
  });

  it("tries again what failed, later each time, and fires the rest meanwhile", async () => {
    const { source, fired, add } = book(2);
    add("stubborn", 0);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source });
    await jest.advanceTimersByTimeAsync(900);
    expect(fired).toEqual([]);
    add("easy", 0);
    await jest.advanceTimersByTimeAsync(6_000);
    expect(fired.map(({ id }) => id).sort()).toEqual(["easy", "stubborn"]);
    await timers[Symbol.asyncDispose]();
  });

  it("fires what is due behind more failing items than it reads at once", async () => {
    const { source, fired, add } = book();
    for (let n = 0; n < 501; n++) add(`bad${n}`, -60_000);
    const failing = { ...source, fire: async (due: Due) => (due.id === "good" ? source.fire(due) : Promise.reject(new Error("never"))) };
    add("good", -1);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source: failing });
    await jest.advanceTimersByTimeAsync(3_000);
    expect(fired.map(({ id }) => id)).toEqual(["good"]);
    await timers[Symbol.asyncDispose]();
  });

  it("does not begin what is under way a second time, however often it arms itself, and does what it was armed for afterwards", async () => {
    let [begun, atOnce, most] = [0, 0, 0];
    const item = { tenant: "t1", id: "survey" };
    const answers: ((error?: Error) => void)[] = [];
    const source: TimerSource = {
      due: async () => (begun === 0 ? [{ ...item, at: now() }] : []),
      fire: async () => {
        begun += 1;
        most = Math.max(most, ++atOnce);
        // As its own write does.
        timers.arm("source", { ...item, at: now() - begun });
        await new Promise<void>((resolve, reject) => answers.push((error) => (error ? reject(error) : resolve()))).finally(() => {
          atOnce -= 1;
        });
        return undefined;
      },
      postpone: async () => undefined,
    };
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source });
    await jest.advanceTimersByTimeAsync(5_000);
    expect([begun, most]).toEqual([1, 1]);
    answers.shift()?.();
    await jest.advanceTimersByTimeAsync(1);
    expect([begun, most]).toEqual([2, 1]);
    answers.shift()?.(new Error("away"));
    await jest.advanceTimersByTimeAsync(500);
    // It is left alone until a scan finds it due.
    expect([begun, most]).toEqual([2, 1]);
    await timers[Symbol.asyncDispose]();
  });

  it("fires a source on time while another waits for somebody who does not answer", async () => {
    const [slow, quick] = [book(), book()];
    slow.add("hangs", 0);
    quick.add("on time", 4_000);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    let asked = 0;
    const hangs = (due: Due) => (asked++ === 0 ? new Promise<never>(() => undefined) : slow.source.fire(due));
    timers.start({ slow: { ...slow.source, fire: hangs }, quick: quick.source });
    await jest.advanceTimersByTimeAsync(4_000);
    expect(quick.fired).toEqual([{ id: "on time", at: 1_004_000 }]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(slow.fired.map(({ id }) => id)).toEqual(["hangs"]);
    await timers[Symbol.asyncDispose]();
  });

  it("looks again when the source says so", async () => {
    const { source, calls, add } = book();
    add("long", 0);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({
      source: {
        ...source,
        fire: async ({ id }) => {
          calls.push(id);
          return now() + 30_000;
        },
      },
    });
    await jest.advanceTimersByTimeAsync(29_000);
    expect(calls).toEqual(["long"]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(calls).toEqual(["long", "long"]);
    await timers[Symbol.asyncDispose]();
  });

  it("fires nothing once it is closed", async () => {
    const { source, fired, add } = book();
    add("soon", 2_000);
    const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
    timers.start({ source });
    await jest.advanceTimersByTimeAsync(100);
    await timers[Symbol.asyncDispose]();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(fired).toEqual([]);
  });
});

describe("whoever does not own the timers", () => {
  it("fires nothing and hints the owner of what is due within seconds only", async () => {
    const { source, fired, add } = book();
    const hinted: Due[] = [];
    const hints: Hints = { ...noHints, send: (_source, due) => hinted.push(due) };
    const timers = createTimers({ lease: lease(false), hints, now, log: silent });
    timers.start({ source });
    timers.arm("source", add("soon", 500));
    timers.arm("source", add("later", 60_000));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(fired).toEqual([]);
    expect(hinted.map(({ id }) => id)).toEqual(["soon"]);
    await timers[Symbol.asyncDispose]();
  });

  it("is heard by the owner", async () => {
    const { source, fired, add } = book();
    let tell: (source: string, due: Due) => void = () => undefined;
    const hints: Hints = {
      ...noHints,
      receive: (handle) => {
        tell = handle;
      },
    };
    const timers = createTimers({ lease: lease(true), hints, now, log: silent });
    timers.start({ source });
    await jest.advanceTimersByTimeAsync(10);
    tell("source", add("hinted", 50));
    tell("unknown source", add("nobody's", 50));
    await jest.advanceTimersByTimeAsync(50);
    expect(fired).toEqual([{ id: "hinted", at: 1_000_060 }]);
    await timers[Symbol.asyncDispose]();
  });
});

it("a test that moved the clock fires everything at once, and ends where something keeps failing", async () => {
  const { source, fired, add } = book();
  for (const id of ["a", "b"]) add(id, -1);
  const timers = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
  jest.useRealTimers();
  timers.start({ source });
  expect(await timers.fireDue()).toBeGreaterThanOrEqual(0);
  expect(fired.map(({ id }) => id).sort()).toEqual(["a", "b"]);
  const never = book(Number.POSITIVE_INFINITY);
  never.add("c", -1);
  const stuck = createTimers({ lease: lease(true), hints: noHints, now, log: silent });
  stuck.start({ source: never.source });
  expect(await stuck.fireDue()).toBe(0);
  await Promise.all([timers[Symbol.asyncDispose](), stuck[Symbol.asyncDispose]()]);
});
