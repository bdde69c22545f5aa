import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { openMembership } from "./membership.ts";

type Crash = (event: { payload: { error: Error; groupId: string; restart: boolean } }) => void;

/** The client's consumer as far as a membership sees it. */
function client({ failing = 0 } = {}) {
  const calls: string[] = [];
  let crash: Crash = () => {};
  let runs = 0;
  const consumer = {
    events: { CRASH: "consumer.crash" as const },
    connect: async () => void calls.push("connect"),
    subscribe: async ({ topic }: { topic: string }) => void calls.push(`subscribe ${topic}`),
    run: async () => {
      runs += 1;
      calls.push("run");
      if (runs > 1 && runs <= 1 + failing) throw new Error("no broker");
    },
    on: (_: string, listener: Crash) => {
      crash = listener;
      return () => undefined;
    },
  };
  const crashed = (error: Error, restart: boolean) => crash({ payload: { error, groupId: "g", restart } });
  return { consumer: consumer as never, calls, crashed };
}

const log = () => {
  const errors: string[] = [];
  const quiet = () => undefined;
  return { errors, log: { debug: quiet, info: quiet, warn: quiet, error: (_: object, message: string) => void errors.push(message) } };
};

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("membership in a group", () => {
  afterEach(() => void jest.useRealTimers());

  it("reads its topics from their beginning", async () => {
    const { consumer, calls } = client();
    await openMembership(consumer, ["a", "b"], {}, log().log, new AbortController().signal);
    expect(calls).toEqual(["connect", "subscribe a", "subscribe b", "run"]);
  });

  it("starts a consumer anew that the client has given up, until it runs", async () => {
    const { consumer, calls, crashed } = client({ failing: 1 });
    const { errors, log: sink } = log();
    const membership = await openMembership(consumer, ["a"], {}, sink, new AbortController().signal);
    jest.useFakeTimers();
    crashed(new Error("unexpected"), false);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual(Array.from({ length: 3 }, () => ["connect", "subscribe a", "run"]).flat());
    expect(membership.failure()).toBeUndefined();
    expect(errors).toEqual(["the consumer has stopped; it is started again", "the consumer could not be started again; it is tried again"]);
  });

  it("leaves a restart to the client where that restarts by itself", async () => {
    const { consumer, calls, crashed } = client();
    await openMembership(consumer, ["a"], {}, log().log, new AbortController().signal);
    crashed(new Error("connection lost"), true);
    await turns(50);
    expect(calls.filter((call) => call === "run")).toHaveLength(1);
  });

  it("does not start a consumer again whose offset is lost, and says so from then on", async () => {
    const { consumer, calls, crashed } = client();
    const { errors, log: sink } = log();
    const membership = await openMembership(consumer, ["a"], {}, sink, new AbortController().signal);
    const lost = new DomainError("unavailable", "offset_out_of_range", "set the group's offset");
    crashed(new Error("wrapped", { cause: lost }), false);
    await turns(50);
    expect(membership.failure()).toBe(lost);
    expect(errors).toEqual(["set the group's offset"]);
    expect(calls.filter((call) => call === "run")).toHaveLength(1);
  });

  it("ends with its service", async () => {
    const { consumer, calls, crashed } = client();
    const stop = new AbortController();
    await openMembership(consumer, ["a"], {}, log().log, stop.signal);
    stop.abort();
    crashed(new Error("unexpected"), false);
    await turns(50);
    expect(calls.filter((call) => call === "run")).toHaveLength(1);
  });
});
