import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { createRelay, type Publication } from "./relay.ts";
import type { Publisher } from "./transport.ts";

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
type Sent = Parameters<Publisher["send"]>[0];

async function settled() {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A relay whose transport answers when the test says so. */
async function opened() {
  const sent: Sent[] = [];
  const answers: ((error?: Error) => void)[] = [];
  let publishers = 0;
  const publisher = {
    open: async () => undefined,
    close: async () => undefined,
    send: (batch: Sent) =>
      new Promise<void>((resolve, reject) => {
        sent.push(batch);
        answers.push((error) => (error ? reject(error) : resolve()));
      }),
  };
  const opens = () => {
    publishers += 1;
    return publisher;
  };
  const relay = await createRelay({ publisher: opens, log: quiet });
  /** Then so much time passes; a batch of a stream gathers for 15 ms. */
  const answer = async (error?: Error, thenMs = 15) => {
    answers.shift()?.(error);
    await settled();
    await jest.advanceTimersByTimeAsync(thenMs);
    await settled();
  };
  const names = (index: number) => sent[index]?.map(({ headers }) => headers["ce_id"]);
  return { relay, sent, answer, names, publishers: () => publishers };
}

const event = (n: number, bytes = 10) => ({ n, type: "queued", at: n, payload: new Uint8Array(bytes), headers: {} });
const offer = (id: string, entries: Publication["entries"], published = (_: number) => {}): Publication => ({
  source: "calls",
  topic: "calls",
  tenant: "t1",
  id,
  entries,
  published,
});

/** So many at once count as a stream for a while. */
const STREAM = 200;
const many = (count: number) => Array.from({ length: count }, (_, n) => event(n + 1));

describe("the relay's queue", () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] }));
  afterEach(() => void jest.useRealTimers());

  it("has one batch in flight and collects for the next meanwhile", async () => {
    const { relay, sent, answer, names } = await opened();
    relay.offer(offer("a", [event(1)]));
    relay.offer(offer("a", [event(1), event(2)]));
    relay.offer(offer("b", [event(1)]));
    expect(sent).toHaveLength(1);
    expect(names(0)).toEqual(["t1/a/1"]);
    await answer();
    expect(names(1)).toEqual(["t1/a/2", "t1/b/1"]);
    expect(relay.size()).toBe(2);
    await answer();
    expect(relay.size()).toBe(0);
  });

  it("says what is out only when the broker has it", async () => {
    const { relay, answer } = await opened();
    const out: number[] = [];
    relay.offer(offer("a", [event(1), event(2)], (last) => out.push(last)));
    expect(out).toEqual([]);
    await answer();
    expect(out).toEqual([2]);
  });

  it("sends the same batch again, in the same order, when the broker did not take it", async () => {
    const { relay, answer, names } = await opened();
    relay.offer(offer("a", [event(1), event(2)]));
    await answer(new Error("no leader"));
    relay.offer(offer("a", [event(1), event(2), event(3)]));
    await jest.advanceTimersByTimeAsync(50);
    expect(names(1)).toEqual(names(0));
    await answer();
    expect(names(2)).toEqual(["t1/a/3"]);
  });

  it("gives up after three seconds what the broker does not take, and what waits behind it: the sweeper has it", async () => {
    const { relay, sent, answer, names, publishers } = await opened();
    const out: number[] = [];
    relay.offer(offer("a", [event(1)], (last) => out.push(last)));
    relay.offer(offer("a", [event(1), event(2)], (last) => out.push(last)));
    relay.offer(offer("b", [event(1)], (last) => out.push(last)));
    for (let tries = 0; relay.size() > 0; tries++) {
      expect(tries).toBeLessThan(20);
      await answer(new Error("no leader"));
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(out).toEqual([]);
    // Nobody knows what became of the batch: the next one goes another way.
    expect(publishers()).toBe(2);
    const before = sent.length;
    relay.offer(offer("a", [event(1), event(2), event(3)], (last) => out.push(last)));
    await answer();
    expect(names(before)).toEqual(["t1/a/1", "t1/a/2", "t1/a/3"]);
    await answer();
    expect(out).toEqual([3]);
  });

  it("sends a trickle at once", async () => {
    const { relay, sent, answer } = await opened();
    for (let n = 1; n <= 5; n++) {
      relay.offer(offer(`d${n}`, [event(1)]));
      expect(sent).toHaveLength(n);
      await answer(undefined, 5);
    }
  });

  it("sends what follows within 15 ms in a stream together with its neighbours", async () => {
    const { relay, sent, answer, names } = await opened();
    relay.offer(offer("a", many(STREAM)));
    await answer(undefined, 10);
    relay.offer(offer("b", [event(1)]));
    relay.offer(offer("c", [event(1)]));
    await jest.advanceTimersByTimeAsync(4);
    expect(sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(names(1)).toEqual(["t1/b/1", "t1/c/1"]);
  });

  it("does not make a backlog wait", async () => {
    const { relay, sent, answer } = await opened();
    relay.offer(offer("a", many(1_200)));
    await answer();
    expect(sent).toHaveLength(2);
  });

  it("gathers nothing more when it is drained", async () => {
    const { relay, sent, answer } = await opened();
    relay.offer(offer("a", many(STREAM)));
    await answer(undefined, 0);
    relay.offer(offer("b", [event(1)]));
    expect(sent).toHaveLength(1);
    const drained = relay.drain();
    await answer();
    expect(sent).toHaveLength(2);
    await answer();
    await drained;
    expect(relay.size()).toBe(0);
  });

  it("keeps a batch under the broker's limit, whatever its events weigh", async () => {
    const { relay, answer, names } = await opened();
    relay.offer(offer("a", [event(1)]));
    relay.offer(offer("b", [event(1, 250_000), event(2, 250_000), event(3, 250_000)]));
    await answer();
    expect(names(1)).toEqual(["t1/b/1", "t1/b/2"]);
    await answer();
    expect(names(2)).toEqual(["t1/b/3"]);
  });

  it("takes nothing when it is full, and takes again when there is room", async () => {
    const { relay, answer } = await opened();
    let taken = 0;
    while (relay.offer(offer(`d${taken}`, [event(1)]))) taken += 1;
    expect([taken, relay.size()]).toEqual([20_000, 20_000]);
    await answer();
    expect(relay.offer(offer("more", [event(1)]))).toBe(true);
  });

  it("tells aggregates of equal id apart by their source and tenant", async () => {
    const { relay, answer, sent } = await opened();
    relay.offer(offer("x", [event(1)]));
    relay.offer({ ...offer("a", [event(1)]), source: "requests" });
    relay.offer({ ...offer("a", [event(1)]), tenant: "t2" });
    relay.offer(offer("a", [event(1)]));
    await answer();
    expect(sent[1]).toHaveLength(3);
  });
});
