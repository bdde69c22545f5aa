import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { type CallScope, newId } from "@trunkline/runtime";
import { removeOld } from "./retention.ts";
import type { AggregateStore, OldDocument, RowStore, StoreBackend } from "./store.ts";

type Talk = { readonly id: string; readonly endedAt?: number; readonly note?: string };
type TalkEvent = { readonly type: "queued"; readonly at: number };
const NOON = 12 * 3_600_000;

/** What may be removed as old, whatever is behind the store. */
export function retentionContract(name: string, openBackend: () => Promise<StoreBackend>): void {
  describe(`${name} removes what is old`, () => {
    let backend: StoreBackend;
    let talks: AggregateStore<Talk, TalkEvent>;
    let rows: RowStore<{ readonly note: string; readonly at?: number }>;
    let unaged: RowStore<{ readonly at: number }>;
    const scope = (tenant: string): CallScope => ({ tenant, actor: "service/x", causation: newId(Date.now()), correlation: "" });
    const begin = (tenant: string, id: string, endedAt?: number) =>
      talks.create(scope(tenant), id, { state: { id, ...(endedAt === undefined ? {} : { endedAt }) }, events: [] });
    const left = async (tenant: string) =>
      (await talks.page(tenant, {}, { by: "_id", direction: 1, size: 200, token: "" })).items.map(({ id }) => id);
    beforeAll(async () => {
      backend = await openBackend();
      talks = await backend.aggregates<Talk, TalkEvent, typeof CallEventSchema>({
        name: "talks",
        noun: "talk",
        indexes: [],
        topic: topic("contract.talk", CallEventSchema),
        encode: () => ({ case: "queued", value: { queue: "q" } }),
        overSince: ({ endedAt }) => endedAt,
      });
      rows = await backend.rows({ name: "notes", indexes: [{ at: 1 }], overBy: "at" });
      unaged = await backend.rows({ name: "unaged", indexes: [] });
    });
    afterAll(async () => backend[Symbol.asyncDispose]());

    it("of all tenants, to the instant, and nothing that is open, however old", async () => {
      await begin("t1", "over", NOON);
      await begin("t1", "later", NOON + 1);
      await begin("t1", "open");
      await begin("t2", "over", 1);
      expect(await removeOld(talks, NOON)).toBe(false);
      expect([await left("t1"), await left("t2")]).toEqual([["later", "open"], []]);
      await expect(talks.get("t1", "over")).rejects.toMatchObject({ code: "talk_not_found" });
      await expect(talks.update(scope("t1"), "over", (state) => ({ state, events: [] }))).rejects.toMatchObject({ code: "talk_not_found" });
    });

    it("but not what was taken up again, and it is over from its new end", async () => {
      await begin("t3", "again", 1);
      await talks.update(scope("t3"), "again", ({ endedAt: _, ...state }) => ({ state, events: [] }));
      await removeOld(talks, NOON);
      expect(await left("t3")).toEqual(["again"]);
      await talks.update(scope("t3"), "again", (state) => ({ state: { ...state, endedAt: NOON }, events: [] }));
      expect(await talks.get("t3", "again")).toEqual({ id: "again", endedAt: NOON });
      await removeOld(talks, NOON - 1);
      expect(await left("t3")).toEqual(["again"]);
      await removeOld(talks, NOON);
      expect(await left("t3")).toEqual([]);
    });

    it("but not what somebody writes in between", async () => {
      await begin("t4", "moving", 1);
      await rows.upsert("t4", "moving", () => ({ note: "a", at: 1 }));
      const old = await talks.over(NOON, 10);
      const oldRows = await rows.over(NOON, 10);
      await talks.update(scope("t4"), "moving", (state) => ({ state: { ...state, note: "written" }, events: [] }));
      await rows.upsert("t4", "moving", () => ({ note: "b", at: 1 }));
      expect([await talks.removeOver(old), await rows.removeOver(oldRows)]).toEqual([0, 0]);
      expect(await left("t4")).toEqual(["moving"]);
      expect(await rows.find("t4", "moving")).toMatchObject({ note: "b" });
      await removeOld(talks, NOON);
      await removeOld(rows, NOON);
    });

    it("rows by their own time, and none that has no time or belongs to a kind without one", async () => {
      await rows.upsert("t5", "old", () => ({ note: "", at: NOON }));
      await rows.upsert("t5", "young", () => ({ note: "", at: NOON + 1 }));
      await rows.upsert("t5", "open", () => ({ note: "" }));
      await unaged.upsert("t5", "any", () => ({ at: 1 }));
      await removeOld(rows, NOON);
      await removeOld(unaged, NOON);
      const found = await Promise.all(["old", "young", "open"].map((id) => rows.find("t5", id)));
      expect(found.map((row) => row !== undefined)).toEqual([false, true, true]);
      expect(await unaged.find("t5", "any")).toEqual({ at: 1 });
    });

    it("in batches, oldest first, each archived as it is stored before it goes", async () => {
      for (let n = 0; n < 101; n++) await rows.upsert("t6", `r${n}`, () => ({ note: `n${n}`, at: 1_000 - n }));
      const archived: OldDocument[][] = [];
      const archive = async (collection: string, documents: readonly OldDocument[]) => {
        expect(collection).toBe("notes");
        expect(await rows.find("t6", String(documents[0]?._id).slice(3))).toBeDefined();
        archived.push([...documents]);
      };
      expect(await removeOld(rows, NOON, archive)).toBe(true);
      expect(await removeOld(rows, NOON, archive)).toBe(false);
      expect(archived.map(({ length }) => length)).toEqual([100, 1]);
      expect(archived[0]?.[0]).toMatchObject({ _id: "t6/r100", tenant: "t6", note: "n100", at: 900 });
      expect(archived[1]?.[0]).toMatchObject({ _id: "t6/r0" });
    });

    it("and archives once more, never less, what a crash has kept from being removed", async () => {
      await begin("t8", "twice", 1);
      const archived: string[] = [];
      const archive = async (_: string, documents: readonly OldDocument[]) => void archived.push(...documents.map(({ _id }) => _id));
      const dying = { ...talks, removeOver: () => Promise.reject(new Error("no such process")) };
      await expect(removeOld(dying, NOON, archive)).rejects.toThrow("no such process");
      expect(await left("t8")).toEqual(["twice"]);
      await removeOld(talks, NOON, archive);
      expect([archived, await left("t8")]).toEqual([["t8/twice", "t8/twice"], []]);
    });

    it("and keeps what could not be archived", async () => {
      await begin("t7", "kept", 1);
      await expect(removeOld(talks, NOON, () => Promise.reject(new Error("the disk is full")))).rejects.toThrow("the disk is full");
      expect(await left("t7")).toEqual(["kept"]);
    });
  });
}
