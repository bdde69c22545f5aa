import { describe, expect, it } from "@jest/globals";
import { aggregateContract } from "@trunkline/store/contract";
import { queueCall } from "../domain/call.ts";
import type { Call } from "../domain/call-state.ts";
import { callTopic, openCallStore, overSince } from "./call-store.ts";

const came = { connectorId: "pbx", queue: "support", direction: "inbound", routed: true, numberHash: "h", numberKind: "known" } as const;
aggregateContract("call", {
  open: openCallStore,
  topic: callTopic,
  created: (id, at) => queueCall({ id, ...came, linkedid: id, startedAt: at, callerNumber: "+8613900000001" }, at),
  by: "queuedAt",
  personal: ["+8613900000001"],
});

const ended = { state: "ended", outcome: "answered", endedAt: 7, offers: [], queuedAt: 1 } as unknown as Call;
const kept = { state: "waiting", attempts: 0, nextAt: 9 } as const;

describe("a call is over", () => {
  it("since it ended", () => expect(overSince(ended)).toBe(7));
  it("also when the place that its caller kept was reached or given up", () => {
    expect(overSince({ ...ended, outcome: "left_queue", callback: { ...kept, state: "given_up" } })).toBe(7);
    expect(overSince({ ...ended, outcome: "left_queue", callback: { ...kept, state: "reached" } })).toBe(7);
  });

  it.each<[string, Partial<Call>]>([
    ["waits", { state: "queued", outcome: "" }],
    ["is talking", { state: "talking" }],
    ["is being wrapped up", { state: "wrap_up", wrapping: [{ employeeId: "e", since: 6, until: 9, defaultDisposition: "x" }] }],
    ["has something due", { nextDueAt: 9 }],
    ["has a recording that is still kept", { recordingDueAt: 9 }],
    ["keeps its caller's place", { outcome: "left_queue", callback: kept }],
    ["is calling its caller back", { outcome: "left_queue", callback: { ...kept, state: "dialling" } }],
  ])("not while it %s", (_, change) => expect(overSince({ ...ended, ...change })).toBeUndefined());
});
