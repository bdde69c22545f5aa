import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Publication, Topic } from "@trunkline/events";
import type { CallScope } from "@trunkline/runtime";
import { newestFirst } from "./asked.ts";
import { itemsOf } from "./items-of.ts";
import { memoryBackend } from "./sqlite/backend.ts";
import type { AggregateStore, Decision, DomainEvent, State, StoreBackend } from "./store.ts";

export type Sample<S extends State, E extends DomainEvent> = {
  readonly open: (backend: StoreBackend) => Promise<AggregateStore<S, E>>;
  readonly topic: Topic;
  /** A first state by this id; of two ids nothing is the same that must be somebody's own. */
  readonly created: (id: string, at: number) => Decision<S, E>;
  /** A time of the state, by which lists have the newest first; `at` when it was created. */
  readonly by: keyof S & string;
  /** Texts of the state that no event may hold. */
  readonly personal?: readonly string[];
};

const scope = (more: Partial<CallScope> = {}): CallScope => ({
  tenant: "t1",
  actor: "employee/1",
  causation: "",
  correlation: "c",
  ...more,
});

/** What every store of an aggregate does, whatever the aggregate: one call in a service's tests. What the backends do is held by their own contract. */
export function aggregateContract<S extends State, E extends DomainEvent>(noun: string, sample: Sample<S, E>): void {
  const { created, by } = sample;
  const later = (state: S): Decision<S, E> => ({ state: { ...state, [by]: Number(state[by]) + 1 }, events: [] });
  describe(`the store of each ${noun}`, () => {
    let offered: Publication[];
    let backend: StoreBackend;
    let store: AggregateStore<S, E>;
    beforeEach(async () => {
      offered = [];
      backend = memoryBackend({ offer: (publication) => offered.push(publication) > 0 }, () => 9);
      store = await sample.open(backend);
    });
    afterEach(async () => backend[Symbol.asyncDispose]());

    it("gives back what was created, to its tenant alone", async () => {
      const { state } = created("a", 5);
      await store.create(scope(), "a", created("a", 5));
      expect(await store.get("t1", "a")).toEqual(state);
      const unknown = { kind: "not_found", code: `${noun}_not_found` };
      await expect(store.get("t2", "a")).rejects.toMatchObject(unknown);
      await expect(store.update(scope({ tenant: "t2" }), "a", later)).rejects.toMatchObject(unknown);
    });

    it("creates once what one request, or one event, asks for again", async () => {
      const retry = { requestId: "r", method: "m", bodyHash: "h" };
      const first = await store.create(scope({ retry }), "a", created("a", 5));
      expect(await store.create(scope({ retry }), "a", created("a", 6))).toEqual(first);
      const other = store.create(scope({ retry: { ...retry, bodyHash: "other" } }), "a", created("a", 5));
      await expect(other).rejects.toMatchObject({ code: "request_id_reused" });
      const caused = await store.create(scope({ causation: "e1" }), "b", created("b", 5));
      expect(await store.create(scope({ causation: "e1" }), "b", created("b", 6))).toEqual(caused);
      await expect(store.create(scope({ causation: "e2" }), "b", created("b", 5))).rejects.toMatchObject({ kind: "already_exists" });
    });

    it("is changed once by an event, whichever copies of it and of older ones come", async () => {
      await store.create(scope(), "a", created("a", 5));
      for (const sequence of [2, 1, 2, 3, 2]) await store.update(scope(), "a", later, { id: "call/c1", sequence });
      expect((await store.get("t1", "a"))[by]).toBe(Number(created("a", 5).state[by]) + 2);
    });

    it("gives page after page, the newest first, to its tenant alone", async () => {
      for (const [n, id] of ["a", "b", "c", "d", "e"].entries()) await store.create(scope(), id, created(id, 10 + n));
      const page = (tenant: string) => (pageToken: string) => store.page(tenant, {}, newestFirst(by, { pageSize: 2, pageToken }));
      const ids = async (tenant: string) => (await Array.fromAsync(itemsOf(page(tenant)))).map(({ id }) => id);
      expect([await ids("t1"), await ids("t2")]).toEqual([["e", "d", "c", "b", "a"], []]);
      const { nextToken } = await page("t1")("");
      await expect(page("t2")(nextToken)).rejects.toMatchObject({ code: "page_token_invalid" });
    });

    it("says of each event whose it is and what happened, and nothing personal", async () => {
      await store.create(scope(), "a", created("a", 5));
      const entries = offered.flatMap((publication) => publication.entries);
      expect(entries.map(({ n }) => n)).toEqual(created("a", 5).events.map((_, index) => index + 1));
      for (const { type, payload } of entries) {
        const message = fromBinary<DescMessage>(sample.topic.schema, payload);
        expect([type, Object.values(message)]).toEqual([expect.stringMatching(/^[a-z]/), expect.arrayContaining(["a"])]);
        for (const text of sample.personal ?? []) expect(Buffer.from(payload).includes(text)).toBe(false);
      }
      for (const text of sample.personal ?? []) expect(JSON.stringify(created("a", 5).state)).toContain(text);
    });
  });
}
