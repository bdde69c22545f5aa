import { describe, expect, it } from "@jest/globals";
import { CustomerService } from "@trunkline/proto/customer";
import { createClient } from "./client.ts";
import type { CallContext } from "./implement.ts";
import { openWorld, refusal, serve as serveOver, type World } from "./testing.ts";

/** A handler that never answers by itself and tells when its caller has gone. */
function patient() {
  let begun: (call: CallContext) => void = () => {};
  const beginning = new Promise<CallContext>((resolve) => {
    begun = resolve;
  });
  const getCustomer = (_context: object, _request: unknown, call: CallContext) => {
    begun(call);
    return new Promise<never>((_, reject) => call.signal.addEventListener("abort", () => reject(new Error("nobody waits"))));
  };
  return { beginning, getCustomer };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve())));

/** Over a connection, and within one process: who calls sees no difference. */
const WAYS = [
  { way: "over a connection", near: false },
  { way: "within one process", near: true },
];
const serving =
  (near: boolean) =>
  (world: World, handlers: Parameters<typeof serveOver>[1] = {}, options: Parameters<typeof serveOver>[2] = {}) =>
    serveOver(world, handlers, { near, ...options });

describe.each(WAYS)("a call's deadline, $way,", ({ near }) => {
  const serve = serving(near);
  it("ends it for the caller, and reaches the handler as a signal", async () => {
    const world = await openWorld();
    const { beginning, getCustomer } = patient();
    await using served = await serve(world, { getCustomer });
    const customers = served.client(CustomerService, await world.user("agent"), 200);
    const refused = await refusal(customers.getCustomer({ customerId: "c1" }));
    expect(refused).toMatchObject({ kind: "deadline_exceeded", code: "deadline_exceeded" });
    await aborted((await beginning).signal);
  });

  it("is carried on: what a handler asks of another service gets the rest of it", async () => {
    const world = await openWorld();
    let innerDeadline = 0;
    const inner = async (_context: object, _request: unknown, { deadline }: CallContext) => {
      innerDeadline = deadline;
      return {};
    };
    await using second = await serve(world, { getCustomer: inner });
    const own = await world.service("service-desk");
    await using onwards = createClient(CustomerService, { address: second.address, token: async () => own, deadlineMs: 60_000 });
    let outerDeadline = 0;
    const outer = async (_context: object, _request: unknown, call: CallContext) => {
      outerDeadline = call.deadline;
      await onwards.getCustomer({ customerId: "c1" }, { scope: call });
      return {};
    };
    await using first = await serve(world, { getCustomer: outer });
    const begun = Date.now();
    await first.client(CustomerService, await world.user("agent"), 30_000).getCustomer({ customerId: "c1" });
    expect(outerDeadline - begun).toBeLessThanOrEqual(50_000);
    // Each hop measures by its own clock from when the call came in: a little more or less, but never the whole minute that it gives calls by itself.
    expect(Math.abs(innerDeadline - outerDeadline)).toBeLessThan(15_000);
  });

  it("that has passed already lets the call not even start", async () => {
    const world = await openWorld();
    let calls = 0;
    const getCustomer = async () => {
      calls += 1;
      return {};
    };
    await using served = await serve(world, { getCustomer });
    const scope = { tenant: "t1", correlation: "", causation: "", deadline: Date.now() - 1 };
    const call = served.customers(await world.service("service-desk")).getCustomer({ customerId: "c1" }, { scope });
    expect(await refusal(call)).toMatchObject({ kind: "deadline_exceeded" });
    expect(calls).toBe(0);
  });

  it("is the caller's own where it asks for less, and half a minute where the caller names none", async () => {
    const world = await openWorld();
    const left: number[] = [];
    const getCustomer = async (_context: object, _request: unknown, { deadline }: CallContext) => {
      left.push(deadline - Date.now());
      return {};
    };
    await using served = await serve(world, { getCustomer });
    const token = await world.user("agent");
    await served.customers(token).getCustomer({ customerId: "c1" }, { deadlineMs: 1_000 });
    await served.client(CustomerService, token, Number.POSITIVE_INFINITY).getCustomer({ customerId: "c1" });
    expect(left[0]).toBeLessThanOrEqual(1_000);
    expect(Math.round((left[1] ?? 0) / 1_000)).toBe(30);
  });
});

describe.each(WAYS)("a caller that gives up, $way,", ({ near }) => {
  const serve = serving(near);
  it("is told so, and its handler by the signal", async () => {
    const world = await openWorld();
    const { beginning, getCustomer } = patient();
    await using served = await serve(world, { getCustomer });
    const given = new AbortController();
    const call = served.customers(await world.user("agent")).getCustomer({ customerId: "c1" }, { signal: given.signal });
    const { signal } = await beginning;
    expect(signal.aborted).toBe(false);
    given.abort();
    expect(await refusal(call)).toMatchObject({ kind: "cancelled", code: "cancelled" });
    await aborted(signal);
  });

  it("before the call has begun reaches nobody", async () => {
    const world = await openWorld();
    let calls = 0;
    const getCustomer = async () => {
      calls += 1;
      return {};
    };
    await using served = await serve(world, { getCustomer });
    const customers = served.customers(await world.user("agent"));
    expect(await refusal(customers.getCustomer({ customerId: "c1" }, { signal: AbortSignal.abort() }))).toMatchObject({
      kind: "cancelled",
    });
    await customers.getCustomer({ customerId: "c1" });
    expect(calls).toBe(1);
  });
});

describe.each(WAYS)("a peer that is restarted, $way,", ({ near }) => {
  const serve = serving(near);
  it("is waited for by who asked for that, and gets the call when it is back", async () => {
    const world = await openWorld();
    const before = await serve(world);
    await before[Symbol.asyncDispose]();
    const token = await world.user("agent");
    const to = { address: before.address, ...world.carried(token), deadlineMs: 10_000 };
    await using impatient = createClient(CustomerService, to);
    expect(await refusal(impatient.getCustomer({ customerId: "c1" }))).toMatchObject({ code: "peer_unavailable" });
    await using patient = createClient(CustomerService, { ...to, waitForPeer: true });
    const asked = patient.getCustomer({ customerId: "c1" });
    await using _again = await serve(world, {}, { port: Number(before.address.split(":")[1]) });
    expect((await asked).customer?.customerId).toBe("c1");
  });

  it("is given up at the deadline", async () => {
    const world = await openWorld();
    const served = await serve(world);
    await served[Symbol.asyncDispose]();
    const token = await world.user("agent");
    const to = { address: served.address, ...world.carried(token), deadlineMs: 200, waitForPeer: true };
    await using patient = createClient(CustomerService, to);
    expect(await refusal(patient.getCustomer({ customerId: "c1" }))).toMatchObject({ code: "deadline_exceeded" });
  });
});
