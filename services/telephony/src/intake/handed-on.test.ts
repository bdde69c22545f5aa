import { describe, expect, it } from "@jest/globals";
import { recorded, START } from "../../fixtures/replay.ts";
import type { Context } from "../context.ts";
import { stateOf } from "../domain/agent-session.ts";
import { distribute, EXCHANGE, NO_CALLS_OUT, openFloor, TENANT } from "../floor.test-support.ts";
import { factIntake } from "./fact-intake.ts";

const line = { ...NO_CALLS_OUT, ring: async () => undefined, hangUp: async () => undefined, resync: async () => undefined };

/** A recording of the real PBX up to the first fact of this kind after `after`, as calls and sessions. */
async function until(scenario: string, kind: string, after = "call_transferred") {
  const floor = await openFloor(["a", "b"]);
  floor.world.now = START;
  const callers = { isNew: () => false, forget: () => undefined } as unknown as Context["callers"];
  await using intake = factIntake({ ...floor.context, callers }, { ...EXCHANGE, id: "ami", routed: false });
  const { facts } = recorded(scenario);
  const from = facts.findIndex((fact) => fact.kind === after);
  // Right behind a transfer stands the release of who handed over.
  const end = facts.findIndex((fact, n) => n > from + (after === "call_transferred" ? 1 : 0) && fact.kind === kind);
  await intake.handle(facts.slice(0, end));
  await intake.idle();
  await floor.drain();
  floor.world.now = START + 60_000;
  const states = async () =>
    Promise.all(["a", "b"].map(async (id) => stateOf(await floor.context.sessions.find(TENANT, id, floor.world.now)).state));
  const { items } = await floor.context.calls.page(TENANT, {}, { by: "queuedAt", direction: -1, size: 2, token: "" });
  return { floor, states, call: items[0] };
}

describe("a call of an exchange that distributes", () => {
  it.each(["attended-transfer", "attended-by-manager", "attended-while-ringing", "attended-by-phone-while-ringing", "blind-transfer"])(
    "is the colleague's after %s, who gets no other call meanwhile, while the first agent wraps up",
    async (scenario) => {
      const { floor, states, call } = await until(scenario, "agent_released");
      await using _ = floor;
      expect(call).toMatchObject({ state: "talking", employeeId: "b", outcome: "answered" });
      expect(await states()).toEqual(["wrap_up", "talking"]);
      await floor.pass(0);
      expect(await states()).toEqual(["ready", "talking"]);
      await floor.comes("c1");
      await floor.comes("c2");
      await distribute(floor.context, EXCHANGE, line);
      const offered = await Promise.all(["c1", "c2"].map(async (id) => (await floor.context.calls.get(TENANT, id)).offers));
      expect(offered.flat().map(({ employeeId }) => employeeId)).toEqual(["a"]);
    },
  );

  it("stays the agent's who was given it back", async () => {
    const { floor, states, call } = await until("attended-given-back", "agent_released", "call_resumed");
    await using _ = floor;
    expect(call).toMatchObject({ state: "talking", employeeId: "a" });
    expect(await states()).toEqual(["talking", "ready"]);
  });

  it("is nobody's of ours when it was handed to somebody outside, and the agent is free after their wrap-up", async () => {
    const { floor, states, call } = await until("attended-outside", "agent_released");
    await using _ = floor;
    expect(call).toMatchObject({ state: "talking", employeeId: "" });
    expect(await states()).toEqual(["wrap_up", "ready"]);
    await floor.pass(0);
    expect(await states()).toEqual(["ready", "ready"]);
  });

  it("is the consulted queue's, and of who answered there, once the agent has handed it over", async () => {
    const { floor, states, call } = await until("attended-to-queue", "agent_released");
    await using _ = floor;
    expect(call).toMatchObject({ state: "talking", queue: "sales", employeeId: "b", outcome: "answered" });
    expect(await states()).toEqual(["wrap_up", "talking"]);
  });

  it("waits in the queue to which it was handed on, while the agent wraps up", async () => {
    const { floor, states, call } = await until("transfer-to-queue-abandoned", "call_abandoned");
    await using _ = floor;
    expect(call).toMatchObject({ state: "queued", queue: "sales", outcome: "", employeeId: "a" });
    expect(await states()).toEqual(["wrap_up", "ready"]);
    expect((await floor.context.calls.waiting(TENANT)).map(({ queue }) => queue)).toEqual(["sales"]);
  });
});
