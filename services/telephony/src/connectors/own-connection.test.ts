import { afterEach, describe, expect, it, jest } from "@jest/globals";
import type { Lease } from "@trunkline/store";
import { ownConnection, type Sure } from "./own-connection.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A lease that says what the test wants, and counts how often it was asked. */
function leaseOf() {
  const lease = { holds: true as boolean | "down", number: 1, asked: 0 };
  const real: Lease = {
    held: () => lease.holds === true,
    epoch: () => lease.number,
    owner: async () => "",
    hold: async () => {
      lease.asked += 1;
      if (lease.holds === "down") throw new Error("no database");
      return lease.holds;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { lease, real };
}

type Opened = { readonly epoch: number; readonly sure: Sure; closed: boolean };

async function owned() {
  const { lease, real } = leaseOf();
  const opened: Opened[] = [];
  const own = ownConnection(
    real,
    (epoch, sure) => {
      const one = { epoch, sure, closed: false };
      opened.push(one);
      return {
        [Symbol.asyncDispose]: async () => {
          one.closed = true;
        },
      };
    },
    silent,
  );
  await jest.advanceTimersByTimeAsync(0);
  return { lease, opened, own };
}

let ahead = 0;
/** The clock goes on and nothing of ours runs, as when the process was stopped. */
function freeze(ms: number): void {
  ahead += ms;
}

describe("the owner of a connection", () => {
  const real = performance.now.bind(performance);
  afterEach(() => {
    ahead = 0;
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
  const clocks = () => {
    jest.useFakeTimers({ doNotFake: ["performance", "queueMicrotask", "nextTick"] });
    jest.spyOn(performance, "now").mockImplementation(() => real() + ahead);
  };

  it("is sure without asking while it looks regularly, and asks again after a freeze", async () => {
    clocks();
    const { lease, opened, own } = await owned();
    const [first] = opened;
    const asked = lease.asked;
    expect(await first?.sure()).toBe(true);
    expect(lease.asked).toBe(asked);
    freeze(5_000);
    lease.holds = false;
    expect(await first?.sure()).toBe(false);
    expect(lease.asked).toBe(asked + 1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(first?.closed).toBe(true);
    const end = own[Symbol.asyncDispose]();
    await jest.advanceTimersByTimeAsync(1_000);
    await end;
  });

  it("is not sure of what it opened as an earlier owner, though it has the lease again", async () => {
    clocks();
    const { lease, opened, own } = await owned();
    freeze(5_000);
    lease.number = 3;
    expect(await opened[0]?.sure()).toBe(false);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(opened.map(({ epoch, closed }) => [epoch, closed])).toEqual([
      [1, true],
      [3, false],
    ]);
    expect(await opened[1]?.sure()).toBe(true);
    const end = own[Symbol.asyncDispose]();
    await jest.advanceTimersByTimeAsync(1_000);
    await end;
  });

  it("goes on while the database is away", async () => {
    clocks();
    const { lease, opened, own } = await owned();
    lease.holds = "down";
    freeze(5_000);
    expect(await opened[0]?.sure()).toBe(true);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(opened.map(({ closed }) => closed)).toEqual([false]);
    const end = own[Symbol.asyncDispose]();
    await jest.advanceTimersByTimeAsync(1_000);
    await end;
  });
});
