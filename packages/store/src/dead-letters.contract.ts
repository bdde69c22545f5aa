import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type DeadLetters, dropLetters, KEYS_A_PAGE, LETTERS_A_PAGE, type Letter } from "@trunkline/events";
import type { StoreBackend } from "./store.ts";

type Opened = Pick<StoreBackend, "deadLetters"> & AsyncDisposable;

/** What a consumer expects of its dead letters, whatever is behind them. */
export function deadLettersContract(name: string, openBackend: () => Promise<Opened>): void {
  describe(`${name} keeps dead letters`, () => {
    let backend: Opened;
    let dead: DeadLetters;
    beforeAll(async () => {
      backend = await openBackend();
      dead = await backend.deadLetters("reader");
    });
    afterAll(async () => backend[Symbol.asyncDispose]());

    const headersOf = (key: string, sequence: number) => ({ ce_id: `${key}/${sequence}`, sequence: String(sequence), "$odd.name": "x" });
    /** Of a log in which an event's offset is its sequence. */
    const letter = (key: string, offset: number, more: Partial<Letter> = {}): Letter => ({
      topic: "calls",
      partition: 4,
      offset,
      message: { key, value: Buffer.from([0, 255, offset % 256]), headers: headersOf(key, offset) },
      code: "queue_unknown",
      attempts: 8,
      ...more,
    });
    const bury = async (one: Letter) => {
      await dead.write(one);
      await dead.park(one);
    };
    const parkedUnder = async (prefix: string) => (await dead.page({})).filter(({ key }) => key.startsWith(prefix));
    const offsets = async (key: string) => (await dead.letters("calls", key)).map(({ offset }) => offset);

    it("gives back what was written, bytes and headers, with its cause", async () => {
      await bury(letter("t1/whole", 7));
      const [stored] = await dead.letters("calls", "t1/whole");
      expect(stored).toMatchObject({ ...letter("t1/whole", 7), at: expect.any(Number) });
      expect(stored?.message.value.equals(Buffer.from([0, 255, 7]))).toBe(true);
      expect(await dead.find("calls", "t1/whole")).toEqual({
        topic: "calls",
        key: "t1/whole",
        partition: 4,
        code: "queue_unknown",
        since: expect.any(Number),
        replay: false,
        version: 1,
      });
      expect(await dead.find("requests", "t1/whole")).toBeUndefined();
      expect(await dead.keys()).toContainEqual(expect.objectContaining({ topic: "calls", key: "t1/whole", partition: 4 }));
    });

    it("keeps one letter of an event that comes again, with the cause of the first time", async () => {
      await bury(letter("t1/again", 1));
      await bury(letter("t1/again", 1, { code: "key_parked", attempts: 0 }));
      expect(await dead.letters("calls", "t1/again")).toMatchObject([{ code: "queue_unknown", attempts: 8 }]);
      expect(await parkedUnder("t1/again")).toMatchObject([{ code: "queue_unknown" }]);
    });

    it("keeps both when a topic that was made anew gives a place once more", async () => {
      await bury(letter("t1/anew", 1));
      await bury({ ...letter("t1/anew", 1), message: { ...letter("t1/anew", 1).message, headers: { ce_id: "t1/anew/9" } } });
      expect(await offsets("t1/anew")).toEqual([1, 1]);
    });

    it("gives a key's letters and no other's in the order of their events, page by page", async () => {
      const many = LETTERS_A_PAGE + 3;
      for (let n = many; n > 0; n--) await dead.write(letter("t1/many", n * 100));
      await dead.write(letter("t1/many2", 150));
      await dead.write(letter("t1/many", 250, { topic: "requests" }));
      const first = await dead.letters("calls", "t1/many");
      const second = await dead.letters("calls", "t1/many", first.at(-1));
      const wanted = Array.from({ length: many }, (_, n) => (n + 1) * 100);
      expect(first).toHaveLength(LETTERS_A_PAGE);
      expect([...first, ...second].map(({ offset }) => offset)).toEqual(wanted);
      expect(await dead.count("calls", "t1/many")).toBe(many);
      for (const one of first) await dead.remove(one);
      expect(await offsets("t1/many")).toEqual(wanted.slice(LETTERS_A_PAGE));
    });

    it("gives them by their sequence where later ones stand before older ones, in a log that was made anew or moved", async () => {
      const at = (sequence: number, partition: number, offset: number) =>
        letter("t1/moved", offset, {
          partition,
          message: { key: "t1/moved", value: Buffer.from([]), headers: headersOf("t1/moved", sequence) },
        });
      await bury(at(9, 4, 50_000));
      await bury(at(10, 1, 2));
      await bury(at(100, 4, 1));
      const sequences = async (after?: Letter) =>
        (await dead.letters("calls", "t1/moved", after)).map(({ message }) => message.headers["sequence"]);
      expect(await sequences()).toEqual(["9", "10", "100"]);
      expect(await sequences(at(9, 4, 50_000))).toEqual(["10", "100"]);
      expect(await dropLetters(dead, "calls", "t1/moved", 1)).toBe(1);
      expect(await sequences()).toEqual(["10", "100"]);
      await dead.endReplay("calls", "t1/moved", "queue_unknown");
    });

    it("gives each letter that has no readable sequence, before all that have one", async () => {
      const bad = Array.from({ length: LETTERS_A_PAGE + 2 }, (_, n) => ({ ce_id: `bad ${n}`, ...(n % 2 ? { sequence: "x" } : {}) }));
      await dead.write(letter("t1/bad", 1));
      for (const headers of bad) await dead.write(letter("t1/bad", 7, { message: { key: "t1/bad", value: Buffer.from([]), headers } }));
      const first = await dead.letters("calls", "t1/bad");
      const second = await dead.letters("calls", "t1/bad", first.at(-1));
      const ids = [...first, ...second].map(({ message }) => message.headers["ce_id"]);
      expect(ids.pop()).toBe("t1/bad/1");
      expect(ids.sort()).toEqual(bad.map(({ ce_id }) => ce_id).sort());
    });

    it("unparks a key only when no letter came since it was read", async () => {
      await bury(letter("t1/race", 1));
      const before = await dead.find("calls", "t1/race");
      await bury(letter("t1/race", 2));
      if (!before) throw new Error("not parked");
      expect(await dead.unpark(before)).toBe(false);
      const now = await dead.find("calls", "t1/race");
      expect(now && (await dead.unpark(now))).toBe(true);
      expect(await dead.find("calls", "t1/race")).toBeUndefined();
      expect(now && (await dead.unpark(now))).toBe(false);
      await bury(letter("t1/race", 3));
      await bury(letter("t1/race", 4));
      const anew = await dead.find("calls", "t1/race");
      expect(anew?.version).toBe(now?.version);
      expect(anew && (await dead.unpark({ ...anew, since: anew.since - 1 }))).toBe(false);
    });

    it("keeps a wish to replay until it is answered, over further letters, and what the last replay met", async () => {
      await bury(letter("t1/wish", 1));
      expect(await dead.askReplay({ topic: "calls", key: "t1/wish" })).toBe(1);
      expect(await dead.askReplay({ topic: "calls", key: "t1/never-parked" })).toBe(0);
      await bury(letter("t1/wish", 2, { code: "key_parked" }));
      expect(await parkedUnder("t1/wish")).toMatchObject([{ replay: true, code: "queue_unknown" }]);
      expect((await dead.page({ replay: true })).map(({ key }) => key)).toEqual(["t1/wish"]);
      await dead.endReplay("calls", "t1/wish", "other_cause");
      await dead.endReplay("calls", "t1/never-parked", "other_cause");
      expect(await parkedUnder("t1/wish")).toMatchObject([{ replay: false, code: "other_cause" }]);
      expect(await dead.page({ replay: true })).toEqual([]);
    });

    it("takes a wish for all keys of a cause, of a topic, or of both", async () => {
      await bury(letter("t2/a", 1, { topic: "one", code: "red" }));
      await bury(letter("t2/b", 2, { topic: "one", code: "blue" }));
      await bury(letter("t2/c", 3, { topic: "two", code: "red" }));
      const asked = async (which: Parameters<DeadLetters["askReplay"]>[0]) => {
        const count = await dead.askReplay(which);
        const keys = (await dead.page({ replay: true })).map(({ key }) => key).sort();
        for (const { topic, key, code } of await dead.page({ replay: true })) await dead.endReplay(topic, key, code);
        return [count, ...keys];
      };
      expect(await asked({ code: "red" })).toEqual([2, "t2/a", "t2/c"]);
      expect(await asked({ topic: "one" })).toEqual([2, "t2/a", "t2/b"]);
      expect(await asked({ topic: "one", code: "red" })).toEqual([1, "t2/a"]);
    });

    it("gives the parked keys page by page, each once", async () => {
      for (let n = 0; n < KEYS_A_PAGE + 20; n++) await dead.park(letter(`t3/${n}`, n, { topic: "paged" }));
      await dead.askReplay({ topic: "paged" });
      const first = await dead.page({ replay: true });
      const second = await dead.page({ replay: true }, first.at(-1));
      expect([first.length, second.length]).toEqual([KEYS_A_PAGE, 20]);
      expect(new Set([...first, ...second].map(({ key }) => key)).size).toBe(KEYS_A_PAGE + 20);
    });

    it("drops as many letters as was said, and asks for what came since to be applied", async () => {
      for (let n = 1; n <= LETTERS_A_PAGE + 4; n++) await bury(letter("t1/drop", n));
      expect(await dropLetters(dead, "calls", "t1/drop", LETTERS_A_PAGE + 2)).toBe(LETTERS_A_PAGE + 2);
      expect(await offsets("t1/drop")).toEqual([LETTERS_A_PAGE + 3, LETTERS_A_PAGE + 4]);
      expect(await parkedUnder("t1/drop")).toMatchObject([{ replay: true }]);
      expect(await dropLetters(dead, "calls", "t1/drop", 10)).toBe(2);
      expect(await offsets("t1/drop")).toEqual([]);
    });
  });
}
