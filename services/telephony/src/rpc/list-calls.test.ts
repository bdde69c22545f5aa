import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { CallService, type ListCallsRequestSchema } from "@trunkline/proto/telephony";
import { implement } from "@trunkline/rpc";
import { asking, type Who } from "@trunkline/rpc/asking";
import { answer } from "../domain/call.ts";
import { keepPlace } from "../domain/queue-callback.ts";
import { openFloor } from "../floor.test-support.ts";
import { extendWrapUp } from "./extend-wrap-up.ts";
import { finishWrapUp } from "./finish-wrap-up.ts";
import { getCall } from "./get-call.ts";
import { linkCaller } from "./link-caller.ts";
import { listCalls } from "./list-calls.ts";

const supervisor: Who = { id: "s", roles: ["supervisor"] };
const HOUR = 3_600_000;

/** Three calls an hour apart: c1 and c3 for support, c2 for sales; agent a has c1, agent b has c2, nobody has c3. */
async function openCalls() {
  const floor = await openFloor(["a", "b"]);
  const { context, world } = floor;
  const start = world.now;
  const ask = asking([implement(CallService, context, { getCall, listCalls, linkCaller, finishWrapUp, extendWrapUp })]);
  for (const [id, queue, agent] of [
    ["c1", "support", "a"],
    ["c2", "sales", "b"],
    ["c3", "support", ""],
  ] as const) {
    await floor.comes(id, queue, "+8613900000001");
    if (agent !== "") await floor.tell(id, { decide: (call) => answer(call, "1001", agent, 0, world.now) });
    world.now += HOUR;
  }
  const page = (wanted: MessageInitShape<typeof ListCallsRequestSchema>) => ask(CallService.method.listCalls, wanted, supervisor);
  return {
    at: (hours: number) => timestampFromMs(start + hours * HOUR),
    page,
    comes: floor.comes,
    keepsPlace: (id: string) => floor.tell(id, { decide: (call) => keepPlace(call, world.now) }),
    list: async (wanted: MessageInitShape<typeof ListCallsRequestSchema>) => (await page(wanted)).calls.map(({ callId }) => callId),
    [Symbol.asyncDispose]: () => floor[Symbol.asyncDispose](),
  };
}

describe("a list of calls", () => {
  it("has all of them, the latest first", async () => {
    await using open = await openCalls();
    expect(await open.list({})).toEqual(["c3", "c2", "c1"]);
  });

  it("of those who wait has the longest waiting first, of one queue or of all, and who keeps a place too", async () => {
    await using open = await openCalls();
    await open.comes("c4", "support");
    await open.comes("c5", "sales");
    await open.keepsPlace("c5");
    expect(await open.list({ outcome: "waiting", queue: "support" })).toEqual(["c3", "c4"]);
    expect(await open.list({ outcome: "waiting" })).toEqual(["c3", "c4", "c5"]);
    const first = await open.page({ outcome: "waiting", pageSize: 2 });
    expect(await open.list({ outcome: "waiting", pageSize: 2, pageToken: first.nextPageToken })).toEqual(["c5"]);
  });

  it("is narrowed by queue, agent and outcome, and all that is given must hold", async () => {
    await using open = await openCalls();
    expect(await open.list({ queue: "support" })).toEqual(["c3", "c1"]);
    expect(await open.list({ employeeId: "b" })).toEqual(["c2"]);
    expect(await open.list({ outcome: "answered" })).toEqual(["c2", "c1"]);
    expect(await open.list({ outcome: "open" })).toEqual(["c3"]);
    expect(await open.list({ queue: "support", outcome: "answered" })).toEqual(["c1"]);
    expect(await open.list({ queue: "sales", employeeId: "a" })).toEqual([]);
  });

  it("is narrowed by when they came: from an instant until before another", async () => {
    await using open = await openCalls();
    expect(await open.list({ from: open.at(1) })).toEqual(["c3", "c2"]);
    expect(await open.list({ to: open.at(1) })).toEqual(["c1"]);
    expect(await open.list({ from: open.at(0), to: open.at(2), queue: "support" })).toEqual(["c1"]);
  });

  it("has pages under the same filter", async () => {
    await using open = await openCalls();
    const first = await open.page({ queue: "support", from: open.at(0), pageSize: 1 });
    const rest = await open.page({ queue: "support", from: open.at(0), pageSize: 1, pageToken: first.nextPageToken });
    expect([first, rest].map(({ calls }) => calls.map(({ callId }) => callId))).toEqual([["c3"], ["c1"]]);
    expect(rest.nextPageToken).toBe("");
  });
});
