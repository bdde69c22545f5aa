import { setTimeout as pause } from "node:timers/promises";
import { create, createFileRegistry, type DescService, setExtension } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, type MethodOptions, MethodOptionsSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { permission } from "@trunkline/proto";
import { createClient } from "./client.ts";
import { type CallContext, implement } from "./implement.ts";
import { openWorld, refusal, type Served, serve, type World } from "./testing.ts";

/** The contract has no streaming method yet; this one lives here alone: Count(upTo) -> stream of n. */
function countService(): DescService {
  const options: MethodOptions = create(MethodOptionsSchema);
  setExtension(options, permission, "customer.read");
  const number = { number: 1, type: 5, label: 1 } as const;
  const file = create(FileDescriptorSetSchema, {
    file: [
      {
        name: "count.proto",
        syntax: "proto3",
        package: "test",
        messageType: [
          { name: "CountRequest", field: [{ ...number, name: "up_to", jsonName: "upTo" }] },
          {
            name: "CountResponse",
            field: [
              { ...number, name: "n", jsonName: "n" },
              { name: "padding", jsonName: "padding", number: 2, type: 9, label: 1 },
            ],
          },
        ],
        service: [
          {
            name: "CountService",
            method: [{ name: "Count", inputType: ".test.CountRequest", outputType: ".test.CountResponse", serverStreaming: true, options }],
          },
        ],
      },
    ],
  });
  return createFileRegistry(file).getService("test.CountService") as DescService;
}

type Counted = { readonly n: number; readonly padding?: string };
type Count = (request: { upTo: number }, call: CallContext) => AsyncIterable<Counted>;
type CountClient = { count(request: { upTo: number }, options?: object): AsyncIterable<Counted> } & AsyncDisposable;

const service = countService();

async function counting(
  world: World,
  count: Count,
  checkSession?: () => void,
): Promise<{ served: Served; client: CountClient } & AsyncDisposable> {
  const served = await serve(
    world,
    {},
    {
      services: [
        implement(service, {}, {
          count: (_context: object, request: { upTo: number }, call: CallContext) => count(request, call),
        } as never),
      ],
      ...(checkSession ? { checkSession } : {}),
    },
  );
  const token = await world.user("agent");
  const client = createClient(service, { address: served.address, ...world.carried(token), deadlineMs: 60_000 }) as unknown as CountClient;
  const end = async () => {
    await client[Symbol.asyncDispose]();
    await served[Symbol.asyncDispose]();
  };
  return { served, client, [Symbol.asyncDispose]: end };
}

async function collect(stream: AsyncIterable<Counted>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { n } of stream) seen.push(n);
  return seen;
}

describe("a streaming method", () => {
  it("gives its answers in their order and then ends", async () => {
    const world = await openWorld();
    await using it = await counting(world, async function* ({ upTo }) {
      for (let n = 1; n <= upTo; n++) yield { n };
    });
    expect(await collect(it.client.count({ upTo: 500 }))).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(await collect(it.client.count({ upTo: 0 }))).toEqual([]);
  });

  it("breaks off when the session ends under way, and says so", async () => {
    const world = await openWorld();
    let over = false;
    const count: Count = async function* () {
      for (let n = 1; ; n++) {
        over = n > 3;
        yield { n };
      }
    };
    await using it = await counting(world, count, () => {
      if (over) throw new DomainError("unauthenticated", "session_over", "this session is over: log in again");
    });
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { n } of it.client.count({ upTo: 9 })) seen.push(n);
    })();
    expect(await refusal(reading)).toMatchObject({ kind: "unauthenticated", code: "session_over" });
    expect(seen).toEqual([1, 2, 3]);
  });

  it("is admitted like any other", async () => {
    const world = await openWorld();
    let begun = 0;
    await using it = await counting(world, async function* () {
      begun += 1;
      yield { n: 1 };
    });
    const client = it.served.client(service, "forged") as unknown as CountClient;
    expect(await refusal(collect(client.count({ upTo: 1 })))).toMatchObject({ code: "token_invalid" });
    const powerless = it.served.client(service, await world.user()) as unknown as CountClient;
    expect(await refusal(collect(powerless.count({ upTo: 1 })))).toMatchObject({ code: "permission_denied" });
    expect(begun).toBe(0);
  });

  it("may fail on its way: what came before arrives, then the error", async () => {
    const world = await openWorld();
    await using it = await counting(world, async function* () {
      yield { n: 1 };
      yield { n: 2 };
      throw new DomainError("rule_violated", "count_closed", "盘点已结束");
    });
    const seen: number[] = [];
    const refused = await refusal(
      (async () => {
        for await (const { n } of it.client.count({ upTo: 9 })) seen.push(n);
      })(),
    );
    expect([seen, refused.kind, refused.code, refused.message]).toEqual([[1, 2], "rule_violated", "count_closed", "盘点已结束"]);
  });

  it("ends in its handler when the caller leaves, and writes no further than the caller reads", async () => {
    const world = await openWorld();
    let written = 0;
    let ended: () => void = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    await using it = await counting(world, async function* () {
      try {
        for (let n = 1; ; n++) {
          yield { n, padding: "x".repeat(10_000) };
          written = n;
        }
      } finally {
        ended();
      }
    });
    for await (const { n } of it.client.count({ upTo: 0 })) {
      expect(n).toBe(1);
      await pause(200);
      break;
    }
    // 10 KB each: flow control and buffers hold some dozens, not the thousands that 200 ms would give.
    expect(written).toBeLessThan(500);
    await end;
  });

  it("ends for a caller whose deadline passes or who gives up", async () => {
    const world = await openWorld();
    const signals: AbortSignal[] = [];
    await using it = await counting(world, async function* (_request, { signal }) {
      signals.push(signal);
      yield { n: 1 };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    expect(await refusal(collect(it.client.count({ upTo: 1 }, { deadlineMs: 150 })))).toMatchObject({ kind: "deadline_exceeded" });
    const signal = AbortSignal.timeout(100);
    expect(await refusal(collect(it.client.count({ upTo: 1 }, { signal })))).toMatchObject({ kind: "cancelled" });
    expect(await refusal(collect(it.client.count({ upTo: 1 }, { signal })))).toMatchObject({ kind: "cancelled" });
    while (!signals.every(({ aborted }) => aborted)) await pause(5);
    expect(signals).toHaveLength(2);
  });

  it("does not hold up a server that stops: its caller is told to come again", async () => {
    const world = await openWorld();
    await using it = await counting(world, async function* (_request, { signal }) {
      yield { n: 1 };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const reading = refusal(
      (async () => {
        for await (const _ of it.client.count({ upTo: 1 })) void it.served[Symbol.asyncDispose]();
      })(),
    );
    expect(await reading).toMatchObject({ kind: "unavailable", code: "server_stopping" });
    // Would wait for the caller's half minute otherwise, and the test for its end.
    await it.served[Symbol.asyncDispose]();
  });
});
