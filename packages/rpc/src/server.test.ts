import { setTimeout as pause } from "node:timers/promises";
import { credentials, Client as GrpcClient, makeGenericClientConstructor, type ServiceDefinition, status } from "@grpc/grpc-js";
import { describe, expect, it } from "@jest/globals";
import { CustomerService } from "@trunkline/proto/customer";
import { service as healthService } from "grpc-health-check";
import { createClient } from "./client.ts";
import { openWorld, refusal, type Served, serve, type World } from "./testing.ts";

type Health = {
  check(request: { service: string }, done: (error: unknown, reply?: { status: string }) => void): void;
  watch(request: { service: string }): AsyncIterable<{ status: string }> & { cancel(): void };
  close(): void;
};
const HealthClient = makeGenericClientConstructor(healthService as unknown as ServiceDefinition, "Health");

function healthOf(served: Served) {
  const client = new HealthClient(served.address, credentials.createInsecure()) as unknown as Health;
  const check = (service: string) =>
    new Promise<string>((resolve) => client.check({ service }, (error, reply) => resolve(reply?.status ?? (error as Error).message)));
  return { client, check };
}

async function clientOf(world: World, address: string) {
  const token = await world.user("agent");
  return createClient(CustomerService, { address, ...world.carried(token), deadlineMs: 60_000 });
}

describe("a client of several instances", () => {
  it("gives each its part of the calls", async () => {
    const world = await openWorld();
    const counts = [0, 0, 0];
    const counting = (instance: number) => async () => {
      counts[instance] = (counts[instance] ?? 0) + 1;
      return {};
    };
    await using first = await serve(world, { getCustomer: counting(0) });
    await using second = await serve(world, { getCustomer: counting(1) });
    await using third = await serve(world, { getCustomer: counting(2) });
    await using customers = await clientOf(world, `ipv4:${[first, second, third].map(({ address }) => address).join(",")}`);
    // An instance gets its part as soon as it is connected.
    while (counts.some((count) => count === 0)) await customers.getCustomer({ customerId: "c1" });
    counts.fill(0);
    for (let n = 0; n < 30; n++) await customers.getCustomer({ customerId: "c1" });
    expect(counts).toEqual([10, 10, 10]);
  });
});

describe("a server that stops", () => {
  it("answers every call that is under way, and refuses those that come after", async () => {
    const world = await openWorld();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    const getCustomer = async (_context: object, { customerId }: { customerId: string }) => {
      begun += 1;
      await gate;
      return { customer: { customerId } };
    };
    const served = await serve(world, { getCustomer });
    await using customers = await clientOf(world, served.address);
    const calls = Array.from({ length: 20 }, (_, i) => customers.getCustomer({ customerId: `c${i}` }));
    while (begun < 20) await pause(5);
    const disposed = served[Symbol.asyncDispose]();
    await pause(50);
    release();
    expect((await Promise.all(calls)).map(({ customer }) => customer?.customerId)).toEqual(calls.map((_, i) => `c${i}`));
    await disposed;
    expect(await refusal(customers.getCustomer({ customerId: "late" }))).toMatchObject({ code: "peer_unavailable" });
  });

  it("costs a caller no call while another instance serves", async () => {
    const world = await openWorld();
    const counts = [0, 0];
    const counting = (instance: number) => async () => {
      counts[instance] = (counts[instance] ?? 0) + 1;
      await pause(3);
      return {};
    };
    const first = await serve(world, { getCustomer: counting(0) });
    await using second = await serve(world, { getCustomer: counting(1) });
    await using customers = await clientOf(world, `ipv4:${first.address},${second.address}`);
    let going = true;
    const failures: unknown[] = [];
    const caller = async () => {
      while (going) await customers.getCustomer({ customerId: "c1" }).catch((error: unknown) => failures.push(error));
    };
    const callers = Array.from({ length: 32 }, caller);
    while (counts[0] === 0) await pause(5);
    await first[Symbol.asyncDispose]();
    const before = counts[1] ?? 0;
    while ((counts[1] ?? 0) < before + 100) await pause(5);
    going = false;
    await Promise.all(callers);
    expect(failures).toEqual([]);
  });

  it("says first that it serves no more", async () => {
    const world = await openWorld();
    const served = await serve(world);
    const { client, check } = healthOf(served);
    expect(await Promise.all([check(""), check("trunkline.customer.v1.CustomerService")])).toEqual(["SERVING", "SERVING"]);
    expect(await check("trunkline.customer.v1.NoSuchService")).toContain("NOT_FOUND");
    const watch = client.watch({ service: "" });
    const states: string[] = [];
    let disposed: PromiseLike<void> | undefined;
    for await (const { status } of watch) {
      states.push(status);
      if (status === "NOT_SERVING") break;
      disposed = served[Symbol.asyncDispose]();
    }
    watch.cancel();
    client.close();
    await disposed;
    expect(states).toEqual(["SERVING", "NOT_SERVING"]);
  });
});

describe("reflection", () => {
  /** Asks ServerReflection with hand-made bytes: field 7 lists services, field 4 wants the file that holds a symbol. */
  async function reflect(served: Served, field: number, value: string): Promise<string> {
    const client = new GrpcClient(served.address, credentials.createInsecure());
    const bytes = (buffer: Buffer) => buffer;
    const stream = client.makeBidiStreamRequest("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", bytes, bytes);
    stream.write(Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), Buffer.from(value)]));
    stream.end();
    let answer = "";
    for await (const chunk of stream) answer += (chunk as Buffer).toString("latin1");
    client.close();
    return answer;
  }

  it("lists what is served, and gives its contract", async () => {
    const world = await openWorld();
    await using served = await serve(world, {}, { reflection: true });
    expect(await reflect(served, 7, "*")).toContain("trunkline.customer.v1.CustomerService");
    const file = await reflect(served, 4, "trunkline.customer.v1.CustomerService");
    expect(file).toContain("trunkline/customer/v1/customer_service.proto");
    expect(file).toContain("IdentifyCaller");
  });

  it("tells nobody anything where it was not asked for", async () => {
    await using served = await serve(await openWorld());
    await expect(reflect(served, 7, "*")).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });
});
