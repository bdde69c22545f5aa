import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { createBus } from "@trunkline/events/memory-bus";
import { EmployeeEventSchema, EmployeeProfileSchema } from "@trunkline/proto/workforce";
import { memoryBackend } from "@trunkline/store";
import { openReferenceCopy } from "./reference-copy.ts";

const employees = topic("workforce.employee", EmployeeEventSchema, true);
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function opened() {
  const bus = createBus("reader");
  const backend = memoryBackend(bus, () => 7);
  const heard: string[] = [];
  const open = (told: string[] = heard) =>
    openReferenceCopy(backend, {
      name: "extensions",
      topic: employees,
      keep: ({ event }) => (event.case && event.value.profile ? { extension: event.value.profile.extension } : undefined),
      waitMs: 2_000,
      memory: { heard: (tenant, id, { extension }) => told.push(`${tenant}/${id}: ${extension}`), now: () => 7, log },
    });
  const copy = await open();
  bus.subscribe([copy.subscription]);
  const tell = (n: number, extension: string, tenant = "t1") => {
    const profile = create(EmployeeProfileSchema, { extension, managerId: "not kept" });
    return bus.publish(employees, tenant, "li", n, { event: { case: "changed", value: { profile } } });
  };
  return { copy, tell, open, heard, [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose]() };
}

describe("a copy of another service's reference data", () => {
  it("holds what is kept of the newest state, in whatever order events come and however often", async () => {
    await using it = await opened();
    for (const n of [2, 1, 2, 3, 1]) await it.tell(n, `100${n}`);
    expect(await it.copy.find("t1", "li")).toEqual({ extension: "1003", sequence: 3, changedAt: 7 });
    expect(await it.copy.find("t2", "li")).toBeUndefined();
  });

  it("is the same object until it changes", async () => {
    await using it = await opened();
    await it.tell(1, "1001");
    const first = await it.copy.find("t1", "li");
    await it.tell(1, "1001");
    expect(await it.copy.find("t1", "li")).toBe(first);
    await it.tell(2, "1002");
    expect(await it.copy.find("t1", "li")).not.toBe(first);
  });

  it("waits for what was saved just now where it is asked to", async () => {
    await using it = await opened();
    expect(await it.copy.find("t1", "li")).toBeUndefined();
    const waiting = it.copy.await("t1", "li");
    await it.tell(1, "1001");
    expect(await waiting).toMatchObject({ extension: "1001" });
  });

  it("tells all that it holds at the start, then each change", async () => {
    await using it = await opened();
    await it.tell(1, "1001");
    await it.tell(1, "2001", "t2");
    const told: string[] = [];
    await using _second = await it.open(told);
    expect(told.toSorted()).toEqual(["t1/li: 1001", "t2/li: 2001"]);
    await it.tell(2, "1002");
    expect(it.heard.at(-1)).toBe("t1/li: 1002");
  });
});
