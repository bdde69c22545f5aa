import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DomainError, type ErrorKind } from "@trunkline/errors";
import { CustomerService } from "@trunkline/proto/customer";
import { createClient } from "./client.ts";
import { fromStatus, toServiceStatus } from "./status.ts";
import { openWorld, refusal, type Served, serve, type World } from "./testing.ts";

const KINDS: readonly (readonly [ErrorKind, number])[] = [
  ["invalid", status.INVALID_ARGUMENT],
  ["unauthenticated", status.UNAUTHENTICATED],
  ["forbidden", status.PERMISSION_DENIED],
  ["not_found", status.NOT_FOUND],
  ["already_exists", status.ALREADY_EXISTS],
  ["rule_violated", status.FAILED_PRECONDITION],
  ["conflict", status.ABORTED],
  ["deadline_exceeded", status.DEADLINE_EXCEEDED],
  ["cancelled", status.CANCELLED],
  ["exhausted", status.RESOURCE_EXHAUSTED],
  ["unavailable", status.UNAVAILABLE],
  ["internal", status.INTERNAL],
];

describe.each([false, true])("an error of a handler (within one process: %s)", (near) => {
  let world: World;
  let served: Served;
  let thrown: unknown;
  beforeAll(async () => {
    world = await openWorld();
    const getCustomer = () => Promise.reject(thrown);
    served = await serve(world, { getCustomer }, { near });
  });
  afterAll(async () => served[Symbol.asyncDispose]());
  const call = async () => refusal(served.customers(await world.user("agent")).getCustomer({ customerId: "c1" }));

  it.each(KINDS)("of kind %s has one gRPC status and reaches the caller whole, in any language", async (kind, code) => {
    thrown = new DomainError(kind, "queue_full", "队列已满：请稍后再试", { queue: "售后", waiting: 20, open: true });
    expect(toServiceStatus(thrown).code).toBe(code);
    const details = { queue: "售后", waiting: "20", open: "true" };
    expect(await call()).toEqual({ kind, code: "queue_full", message: "队列已满：请稍后再试", details });
  });

  it("that nobody foresaw is hidden from the caller and logged once with its cause", async () => {
    thrown = new TypeError("cannot read secret canary-7781");
    const before = served.logged.length;
    expect(await call()).toEqual({
      kind: "internal",
      code: "internal_error",
      message: "internal error; the log has its cause",
      details: {},
    });
    expect(served.logged.slice(before)).toEqual([
      { message: "a call failed in a way nobody foresaw", fields: { err: thrown, method: "GetCustomer" } },
    ]);
  });

  it("that its reply cannot be written is an internal one, and the next call is answered", async () => {
    const unwritable = async () => ({ customer: { customerId: "c1", createdAt: { seconds: 1n, nanos: 1.5 } } });
    await using other = await serve(world, { getCustomer: unwritable }, { near });
    const customers = other.customers(await world.user("agent"));
    expect(await refusal(customers.getCustomer({ customerId: "c1" }))).toMatchObject({ kind: "internal" });
    expect(await customers.identifyCaller({ number: "+8613900000001" })).toMatchObject({ matches: [] });
  });

  it("may have a long text in any language, which arrives shortened", async () => {
    thrown = new DomainError("invalid", "text_long", "错".repeat(5_000), { field: "误".repeat(5_000) });
    const long = await call();
    expect(long).toMatchObject({
      kind: "invalid",
      code: "text_long",
      message: `${"错".repeat(299)}…`,
      details: { field: `${"误".repeat(99)}…` },
    });
  });
});

describe("an answer that is not one of ours", () => {
  const error = (code: number, details = "connect ECONNREFUSED 10.1.2.3:5001", metadata = new Metadata()) =>
    fromStatus(Object.assign(new Error(details), { code, details, metadata }));

  it.each([
    [status.UNAVAILABLE, "unavailable", "peer_unavailable"],
    [status.UNIMPLEMENTED, "unavailable", "method_unknown"],
    [status.DEADLINE_EXCEEDED, "deadline_exceeded", "deadline_exceeded"],
    [status.CANCELLED, "cancelled", "cancelled"],
    [status.UNAUTHENTICATED, "unauthenticated", "token_invalid"],
    [status.PERMISSION_DENIED, "forbidden", "permission_denied"],
    [status.RESOURCE_EXHAUSTED, "exhausted", "message_too_large"],
    [status.INTERNAL, "internal", "internal_error"],
    [status.UNKNOWN, "internal", "internal_error"],
    [99, "internal", "internal_error"],
  ])("with status %s becomes %s %s and names no address, which stays as the cause", (code, kind, ours) => {
    const made = error(code);
    expect([made.kind, made.code]).toEqual([kind, ours]);
    expect(made.message).not.toContain("10.1.2.3");
    expect(String((made.cause as Error).message)).toContain("10.1.2.3");
  });

  it("may carry details that are no status at all", () => {
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from([0xff, 0xff, 0xff]));
    expect(error(status.NOT_FOUND, "x", metadata)).toMatchObject({ kind: "internal", code: "internal_error" });
    metadata.set("grpc-status-details-bin", Buffer.alloc(0));
    expect(error(status.UNAVAILABLE, "x", metadata)).toMatchObject({ kind: "unavailable", code: "peer_unavailable" });
  });

  it("is none at all when nobody listens", async () => {
    await using client = createClient(CustomerService, { address: "127.0.0.1:1", token: undefined, deadlineMs: 60_000 });
    expect(await refusal(client.getCustomer({ customerId: "c1" }))).toMatchObject({ kind: "unavailable", code: "peer_unavailable" });
  });
});
