import { describe, expect, it } from "@jest/globals";
import { createTurns } from "./turns.ts";

/** Work that waits to be let on, and what of it has begun. */
function workshop() {
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => open.set(name, () => resolve(name)));
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const end = (name: string) => {
    open.get(name)?.();
    return settle();
  };
  return { begun, work, settle, end };
}

describe("turns", () => {
  it("let two work at once, the known before the unknown, each in its order", async () => {
    const { begun, work, settle, end } = workshop();
    const turns = createTurns();
    const all = ["a", "b", "c", "d"].map((name) => turns(work(name)));
    all.push(turns(work("known"), { first: true }));
    await settle();
    expect(begun).toEqual(["a", "b"]);
    for (const [name, next] of [
      ["a", "known"],
      ["b", "c"],
      ["c", "d"],
    ] as const) {
      await end(name);
      expect(begun.at(-1)).toBe(next);
    }
    for (const name of ["known", "d"]) await end(name);
    expect(await Promise.all(all)).toEqual(["a", "b", "c", "d", "known"]);
  });

  it("refuse who comes when two hundred wait, skip who has gone, and go on after a failure", async () => {
    const { begun, work, settle, end } = workshop();
    const turns = createTurns();
    const failing = turns(async () => Promise.reject(new Error("no")));
    const first = turns(work("first"));
    await expect(failing).rejects.toThrow("no");
    const gone = new AbortController();
    const second = turns(work("second"));
    const left = turns(work("left"), { signal: gone.signal });
    const waiting = Array.from({ length: 199 }, (_, n) => turns(work(`w${n}`)));
    await expect(turns(work("too many"))).rejects.toMatchObject({ kind: "exhausted", code: "too_busy" });
    gone.abort();
    await end("first");
    await expect(left).rejects.toMatchObject({ code: "cancelled" });
    await settle();
    expect(begun).toEqual(["first", "second", "w0"]);
    await end("second");
    for (let n = 0; n < 199; n++) await end(`w${n}`);
    expect([await first, await second, (await Promise.all(waiting)).length]).toEqual(["first", "second", 199]);
  });
});
