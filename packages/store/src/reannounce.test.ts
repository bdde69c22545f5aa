import { describe, expect, it } from "@jest/globals";
import { type Publication, topic } from "@trunkline/events";
import { CalendarEventSchema } from "@trunkline/proto/workforce";
import { ANNOUNCE_AFTER_MS, reannounce } from "./reannounce.ts";
import { memoryBackend } from "./sqlite/backend.ts";

type Calendar = { readonly id: string; readonly zone: string };
type Changed = { readonly type: "changed"; readonly at: number };

describe("reference data on a compacted topic", () => {
  it("is said once more, with a new sequence, when nobody has written it for a day", async () => {
    const world = { now: 1_000 };
    const offered: Publication[] = [];
    const publish = (one: Publication) => {
      one.published(one.entries.at(-1)?.n ?? 0);
      return offered.push(one) > 0;
    };
    const backend = memoryBackend({ offer: publish }, () => world.now);
    const store = await backend.aggregates<Calendar, Changed, typeof CalendarEventSchema>({
      name: "calendars",
      noun: "calendar",
      indexes: [],
      topic: topic("workforce.calendar", CalendarEventSchema, true),
      encode: () => ({ case: "changed", value: {} }),
    });
    const scope = (tenant: string) => ({ tenant, actor: "employee/1", causation: "", correlation: "" });
    const changed = { type: "changed", at: 1 } as const;
    for (const [tenant, id] of [
      ["t1", "office"],
      ["t2", "shop"],
    ] as const)
      await store.create(scope(tenant), id, { state: { id, zone: "Asia/Shanghai" }, events: [changed] });
    world.now += ANNOUNCE_AFTER_MS / 2;
    await store.update(scope("t2"), "shop", (state) => ({ state: { ...state, zone: "Asia/Urumqi" }, events: [changed] }));
    world.now += ANNOUNCE_AFTER_MS / 2;
    const announce = (_: Calendar, at: number): Changed => ({ type: "changed", at });
    const again = () => reannounce(store, announce, () => world.now);
    expect([await again(), await again()]).toEqual([1, 0]);
    expect(offered.at(-1)).toMatchObject({ tenant: "t1", id: "office", entries: [{ n: 2, type: "changed" }] });
    expect(await store.get("t1", "office")).toEqual({ id: "office", zone: "Asia/Shanghai" });
    world.now += ANNOUNCE_AFTER_MS;
    expect(await again()).toBe(2);
  });
});
