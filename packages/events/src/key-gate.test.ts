import { describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "./dead-letters.fake.ts";
import type { Outcome } from "./key-gate.ts";
import { openKeyGate } from "./key-gate.ts";

const letter = (key: string) => {
  return { topic: "calls", partition: 0, offset: 1, message: { key, value: Buffer.alloc(0), headers: {} }, code: "x", attempts: 1 };
};
const done = async (): Promise<Outcome> => "done";

function later<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}

describe("the gate before a key", () => {
  it("lets no event in while a replay holds the key, and others pass", async () => {
    const gate = openKeyGate(memoryDeadLetters());
    const replay = later<void>();
    const held = gate.hold("calls", "t1/a", () => replay.promise);
    expect(await gate.pass("calls", "t1/a", done)).toBe("later");
    expect(await gate.pass("calls", "t1/b", done)).toBe("done");
    expect(await gate.pass("requests", "t1/a", done)).toBe("done");
    replay.resolve();
    await held;
    expect(await gate.pass("calls", "t1/a", done)).toBe("done");
  });

  it("begins a replay only when the key's event that is under way has ended", async () => {
    const gate = openKeyGate(memoryDeadLetters());
    const event = later<Outcome>();
    const steps: string[] = [];
    const passing = gate.pass("calls", "t1/a", async () => {
      const outcome = await event.promise;
      steps.push("event");
      return outcome;
    });
    const held = gate.hold("calls", "t1/a", async () => void steps.push("replay"));
    expect(await gate.pass("calls", "t1/a", done)).toBe("later");
    event.resolve("done");
    await Promise.all([passing, held]);
    expect(steps).toEqual(["event", "replay"]);
  });

  it("opens again when the replay fails", async () => {
    const gate = openKeyGate(memoryDeadLetters());
    await expect(gate.hold("calls", "t1/a", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
    expect(await gate.pass("calls", "t1/a", done)).toBe("done");
  });

  it("reads the parked keys again after partitions have changed hands, and forgets what others have unparked", async () => {
    const keys = memoryDeadLetters();
    await keys.park(letter("t1/a"));
    const gate = openKeyGate(keys);
    await gate.known();
    expect([gate.isParked("calls", "t1/a"), gate.size()]).toEqual([true, 1]);
    expect([gate.ownSize((topic, partition) => topic === "calls" && partition === 0), gate.ownSize(() => false)]).toEqual([1, 0]);
    const [parked] = await keys.page({});
    if (parked) await keys.unpark(parked);
    await keys.park(letter("t1/b"));
    await gate.known();
    expect(gate.isParked("calls", "t1/b")).toBe(false);
    gate.forget();
    await gate.known();
    expect([gate.isParked("calls", "t1/a"), gate.isParked("calls", "t1/b")]).toEqual([false, true]);
  });

  it("says when the parked keys cannot be read, and tries again when asked again", async () => {
    let away = true;
    const gate = openKeyGate({ keys: async () => (away ? Promise.reject(new Error("away")) : []) });
    await expect(gate.known()).rejects.toThrow("away");
    away = false;
    await expect(gate.known()).resolves.toBeUndefined();
  });
});
