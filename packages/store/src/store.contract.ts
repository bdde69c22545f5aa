import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Publication, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { CallScope } from "@trunkline/runtime";
import fc from "fast-check";
import { itemsOf } from "./items-of.ts";
import type { AggregateSpec, AggregateStore, Decision, Filter, RowStore, StoreBackend } from "./store.ts";

type Ticket = {
  readonly id: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly at: number;
  readonly open?: boolean;
};
type TicketEvent = { readonly type: "queued"; readonly at: number };

type SomeTicket = Pick<Ticket, "tags" | "at">;
const instant = fc.integer({ min: 0, max: 9 });
const someTickets = fc.array(fc.record({ at: instant, tags: fc.subarray(["a", "b", "c"]) }), { maxLength: 14, size: "max" });
/** A filter of the store, and the same as a plain condition. */
const someQuestion = fc
  .record({
    direction: fc.constantFrom(1 as const, -1 as const),
    tag: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
    elements: fc.option(
      fc.record({ all: fc.subarray(["a", "b", "c"], { minLength: 1 }), one: fc.option(fc.subarray(["a", "b", "c"]), { nil: undefined }) }),
      { nil: undefined },
    ),
    at: fc.oneof(
      fc.constant(undefined),
      instant,
      fc.record({ $lte: instant }),
      fc.record({ $gte: instant, $lt: instant }),
      fc.record({ $gte: instant, $lte: instant }),
      fc.record({ $gte: instant }),
      fc.record({ $in: fc.array(instant, { maxLength: 4 }) }),
    ),
  })
  .map(({ direction, tag, elements, at }) => ({
    direction,
    filter: {
      ...(tag === undefined ? {} : { tags: tag }),
      ...(elements === undefined ? {} : { labels: { $all: elements.all, ...(elements.one ? { $in: elements.one } : {}) } }),
      ...(at === undefined ? {} : { at }),
    },
    holds: (ticket: Ticket) => {
      if (tag !== undefined && !ticket.tags.includes(tag)) return false;
      if (elements?.all.some((one) => !ticket.tags.includes(one))) return false;
      if (elements?.one && !elements.one.some((one) => ticket.tags.includes(one))) return false;
      if (at === undefined) return true;
      if (typeof at === "number") return ticket.at === at;
      if ("$in" in at) return at.$in.includes(ticket.at);
      const { $gte, $lt, $lte } = at as { $gte?: number; $lt?: number; $lte?: number };
      return ticket.at >= ($gte ?? -1) && ticket.at < ($lt ?? 99) && ticket.at <= ($lte ?? 99);
    },
  }));

/** A store's behaviour, whatever is behind it. `offered` collects what the store gave to the relay. */
export function storeContract(name: string, openBackend: (offer: (publication: Publication) => boolean) => Promise<StoreBackend>): void {
  describe(`${name} keeps aggregates`, () => {
    const offered: Publication[] = [];
    let backend: StoreBackend;
    let tickets: AggregateStore<Ticket, TicketEvent>;
    let rows: RowStore<{ total: number; at: number; version?: number }>;
    const derived = (tenant: string, { open, title, tags }: Ticket) => ({
      openKey: open ? `${tenant}/${title}` : undefined,
      visibleTo: tags,
      labels: tags,
    });
    const spec: AggregateSpec<Ticket, TicketEvent, typeof CallEventSchema, "openKey" | "visibleTo" | "labels"> = {
      name: "tickets",
      noun: "ticket",
      indexes: [[{ openKey: 1 }, { unique: true, sparse: true }], { tenant: 1, labels: 1, at: 1, _id: 1 }],
      lists: ["tags", "visibleTo", "labels"],
      topic: topic("contract.ticket", CallEventSchema),
      encode: () => ({ case: "queued", value: { queue: "q" } }),
      derived,
    };
    const scope = (tenant: string, more: Partial<CallScope> = {}): CallScope => ({
      tenant,
      actor: "employee/1",
      causation: "",
      correlation: "c",
      ...more,
    });
    const opened = (id: string, title: string, at = 1): Decision<Ticket, TicketEvent> => ({
      state: { id, title, tags: ["a"], at, open: true },
      events: [{ type: "queued", at }],
    });
    beforeAll(async () => {
      backend = await openBackend((publication) => offered.push(publication) > 0);
      tickets = await backend.aggregates(spec);
      rows = await backend.rows({ name: "totals", indexes: [] });
    });
    afterAll(async () => backend[Symbol.asyncDispose]());

    it("gives back what was created and offers its event with sequence 1", async () => {
      await tickets.create(scope("t1"), "a1", opened("a1", "pump"));
      expect(await tickets.get("t1", "a1")).toEqual({ id: "a1", title: "pump", tags: ["a"], at: 1, open: true });
      expect(offered.find(({ id }) => id === "a1")?.entries.map(({ n, type }) => [n, type])).toEqual([[1, "queued"]]);
    });

    it("says around each event of whom it is, when it happened by its source and when by us", async () => {
      await tickets.create(scope("t1"), "e1", opened("e1", "envelope", 12_345));
      const [entry] = offered.find(({ id }) => id === "e1")?.entries ?? [];
      const { callId, occurredAt, recordedAt } = fromBinary(CallEventSchema, entry?.payload ?? new Uint8Array());
      expect([callId, occurredAt && timestampMs(occurredAt), recordedAt && timestampMs(recordedAt)]).toEqual(["e1", 12_345, entry?.at]);
    });

    it("does not find what belongs to another tenant", async () => {
      await tickets.create(scope("t1"), "a2", opened("a2", "valve"));
      await expect(tickets.get("t2", "a2")).rejects.toMatchObject({ kind: "not_found", code: "ticket_not_found" });
      await expect(tickets.update(scope("t2"), "a2", (s) => ({ state: s, events: [] }))).rejects.toMatchObject({
        code: "ticket_not_found",
      });
    });

    it("counts by a field's values, and sums another", async () => {
      for (const [n, title] of ["pump", "fan", "pump", "pump"].entries()) {
        await tickets.create(scope("counted"), `g${n}`, {
          ...opened(`g${n}`, title, n),
          state: { id: `g${n}`, title, tags: ["a"], at: n },
        });
        await tickets.create(scope("not counted"), `g${n}`, opened(`g${n}`, `${n}`, n));
      }
      const sorted = (groups: readonly { readonly count: number }[]) => groups.toSorted((a, b) => a.count - b.count);
      expect(sorted(await tickets.group("counted", {}, "title"))).toEqual([
        { value: "fan", count: 1, sum: 0 },
        { value: "pump", count: 3, sum: 0 },
      ]);
      expect(await tickets.group("counted", { title: "pump" }, "title", "at")).toEqual([{ value: "pump", count: 3, sum: 5 }]);
      expect(await tickets.group("counted", { title: "door" }, "title", "at")).toEqual([]);
      expect(await tickets.group("counted", { at: { $lte: 1 } }, "open")).toEqual([{ value: undefined, count: 2, sum: 0 }]);
    });

    it("finds for a viewer only what names them, for everybody else all", async () => {
      await tickets.create(scope("scoped"), "v1", {
        ...opened("v1", "mine"),
        state: { ...opened("v1", "mine").state, tags: ["e1", "e2"] },
      });
      expect(await tickets.get("scoped", "v1", "e2")).toMatchObject({ id: "v1" });
      expect(await tickets.get("scoped", "v1")).toMatchObject({ id: "v1" });
      await expect(tickets.get("scoped", "v1", "e3")).rejects.toMatchObject({ kind: "not_found", code: "ticket_not_found" });
      const seenBy = async (viewer: string) =>
        (await tickets.page("scoped", { visibleTo: viewer }, { by: "at", direction: 1, size: 10, token: "" })).items.map(({ id }) => id);
      expect([await seenBy("e1"), await seenBy("e3")]).toEqual([["v1"], []]);
    });

    it("numbers events without gaps over parallel updates and loses no change", async () => {
      await tickets.create(scope("t1"), "a3", opened("a3", "fan", 0));
      const add = () =>
        tickets.update(scope("t1"), "a3", (s) => ({ state: { ...s, at: s.at + 1 }, events: [{ type: "queued" as const, at: s.at }] }));
      await Promise.all([add(), add(), add(), add()]);
      expect((await tickets.get("t1", "a3")).at).toBe(4);
      const numbers = new Set(offered.filter(({ id }) => id === "a3").flatMap(({ entries }) => entries.map(({ n }) => n)));
      expect([...numbers].sort()).toEqual([1, 2, 3, 4, 5]);
    });

    it("offers with what is new all that nobody has published yet", async () => {
      await tickets.create(scope("t1"), "left", opened("left", "left", 0));
      const add = () =>
        tickets.update(scope("t1"), "left", (s) => ({ state: { ...s, at: s.at + 1 }, events: [{ type: "queued" as const, at: s.at }] }));
      const last = () => offered.findLast(({ id }) => id === "left");
      await add();
      expect(last()?.entries.map(({ n }) => n)).toEqual([1, 2]);
      last()?.published(1);
      await add();
      expect(last()?.entries.map(({ n }) => n)).toEqual([2, 3]);
    });

    it("decides on what is stored, whoever wrote it", async () => {
      // As another process would have it: all that two share is the data.
      const others = await backend.aggregates(spec);
      const grow = (s: Ticket) => ({ state: { ...s, at: s.at + 1 }, events: [{ type: "queued" as const, at: s.at }] });
      await tickets.create(scope("t1"), "o1", opened("o1", "ours", 0));
      await others.update(scope("t1"), "o1", grow);
      expect((await tickets.update(scope("t1"), "o1", grow)).at).toBe(2);

      const call = (title: string) => others.update(scope("t1"), "o1", (s) => ({ state: { ...s, title }, events: [] }));
      const growIfCalled = (title: string) => (s: Ticket) => {
        if (s.title !== title) throw new Error(`this is ${s.title}`);
        return grow(s);
      };
      await call("theirs");
      expect((await tickets.update(scope("t1"), "o1", growIfCalled("theirs"))).at).toBe(3);
      await call("another");
      await expect(tickets.update(scope("t1"), "o1", growIfCalled("theirs"))).rejects.toThrow("this is another");
      expect((await tickets.update(scope("t1"), "o1", growIfCalled("another"))).at).toBe(4);

      await others.update(scope("t1"), "o1", (s) => ({ state: { ...s, open: false }, events: [] }));
      const growOnceClosed = (s: Ticket) => (s.open ? { state: s, events: [] } : grow(s));
      expect((await tickets.update(scope("t1"), "o1", growOnceClosed)).at).toBe(5);

      await others.update(scope("t1"), "o1", grow, { id: "call:8", sequence: 3 });
      expect((await tickets.update(scope("t1"), "o1", grow, { id: "call:8", sequence: 3 })).at).toBe(6);
      await Promise.all([tickets, others, tickets, others].map((store) => store.update(scope("t1"), "o1", grow)));
      expect((await tickets.get("t1", "o1")).at).toBe(10);
      const numbers = new Set(offered.filter(({ id }) => id === "o1").flatMap(({ entries }) => entries.map(({ n }) => n)));
      expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, n) => n + 1));
    });

    it("answers a repeated request with the first one's effect and refuses another body", async () => {
      const retry = { requestId: "r1", method: "m", bodyHash: "h1" };
      await tickets.create(scope("t1", { retry }), "a4", opened("a4", "door"));
      expect((await tickets.create(scope("t1", { retry }), "a4", opened("a4", "door"))).title).toBe("door");
      await expect(tickets.create(scope("t1", { retry: { ...retry, bodyHash: "h2" } }), "a4", opened("a4", "x"))).rejects.toMatchObject({
        code: "request_id_reused",
      });
      const grow = (s: Ticket) => ({ state: { ...s, at: s.at + 1 }, events: [] });
      const again = { requestId: "r2", method: "m", bodyHash: "h" };
      await tickets.update(scope("t1", { retry: again }), "a4", grow);
      expect((await tickets.update(scope("t1", { retry: again }), "a4", grow)).at).toBe(2);
      await expect(tickets.update(scope("t1", { retry: { ...again, bodyHash: "z" } }), "a4", grow)).rejects.toMatchObject({
        code: "request_id_reused",
      });
    });

    it("applies an event once, whichever copy comes", async () => {
      await tickets.create(scope("t1"), "a5", opened("a5", "lamp"));
      const grow = (s: Ticket) => ({ state: { ...s, at: s.at + 1 }, events: [] });
      for (const sequence of [1, 2, 1, 2]) await tickets.update(scope("t1"), "a5", grow, { id: "call:9", sequence });
      expect((await tickets.get("t1", "a5")).at).toBe(3);
    });

    it("treats a create from the same cause as done and from another as a clash", async () => {
      await tickets.create(scope("t1", { causation: "e1" }), "a6", opened("a6", "gate"));
      expect((await tickets.create(scope("t1", { causation: "e1" }), "a6", opened("a6", "gate"))).id).toBe("a6");
      await expect(tickets.create(scope("t1", { causation: "e2" }), "a6", opened("a6", "gate"))).rejects.toMatchObject({
        code: "ticket_exists",
      });
    });

    it("keeps a derived key unique while it is set, and only then", async () => {
      await tickets.create(scope("t1"), "b1", opened("b1", "only"));
      await expect(tickets.create(scope("t1"), "b2", opened("b2", "only"))).rejects.toMatchObject({ kind: "already_exists" });
      await tickets.update(scope("t1"), "b1", (s) => ({ state: { ...s, open: false }, events: [] }));
      await tickets.create(scope("t1"), "b2", opened("b2", "only"));
      expect((await tickets.get("t1", "b2")).title).toBe("only");
    });

    it("gives an older record the derived fields of a later release with its next write", async () => {
      const { derived: _none, ...older } = { ...spec, name: "grown", indexes: [] };
      const before = await backend.aggregates<Ticket, TicketEvent, typeof CallEventSchema, never>({ ...older, lists: ["tags"] });
      await before.create(scope("t1"), "g1", opened("g1", "before"));
      const after = await backend.aggregates<Ticket, TicketEvent, typeof CallEventSchema, "openKey" | "visibleTo" | "labels">({
        ...older,
        derived,
      });
      await expect(after.get("t1", "g1", "a")).rejects.toMatchObject({ code: "ticket_not_found" });
      await after.update(scope("t1"), "g1", (s) => ({ state: { ...s, title: "after" }, events: [] }));
      expect((await after.get("t1", "g1", "a")).title).toBe("after");
    });

    it("pages in order without gap or repeat and binds the token to its question", async () => {
      for (let n = 0; n < 7; n++) await tickets.create(scope("t9"), `p${n}`, opened(`p${n}`, `page ${n}`, Math.floor(n / 2)));
      const seen: string[] = [];
      let token = "";
      do {
        const page = await tickets.page("t9", { open: true }, { by: "at", direction: -1, size: 3, token });
        seen.push(...page.items.map(({ id }) => id));
        token = page.nextToken;
      } while (token !== "");
      expect(seen).toEqual(["p6", "p5", "p4", "p3", "p2", "p1", "p0"]);
      const all = itemsOf((after) => tickets.page("t9", { open: true }, { by: "at", direction: -1, size: 3, token: after }));
      expect((await Array.fromAsync(all)).map(({ id }) => id)).toEqual(seen);
      const first = await tickets.page("t9", {}, { by: "at", direction: 1, size: 2, token: "" });
      await expect(tickets.page("t1", {}, { by: "at", direction: 1, size: 2, token: first.nextToken })).rejects.toMatchObject({
        code: "page_token_invalid",
      });
      expect(
        (await tickets.page("t9", { tags: "a", at: { $gte: 1, $lt: 3 } }, { by: "at", direction: 1, size: 0, token: "" })).items,
      ).toHaveLength(4);
    });

    it("keeps a range of the field that it sorts by on every page", async () => {
      for (let n = 0; n < 12; n++) await tickets.create(scope("t10"), `r${n}`, opened(`r${n}`, `range ${n}`, n));
      const read = async (direction: 1 | -1, at: Filter[string]) => {
        const by = { by: "at", direction, size: 2 } as const;
        const found = await Array.fromAsync(itemsOf((token) => tickets.page("t10", { at }, { ...by, token })));
        return found.map((ticket) => ticket.at);
      };
      expect(await read(1, { $gte: 3, $lt: 9 })).toEqual([3, 4, 5, 6, 7, 8]);
      expect(await read(-1, { $gte: 3, $lt: 9 })).toEqual([8, 7, 6, 5, 4, 3]);
      expect(await read(1, { $lte: 5 })).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await read(-1, { $in: [1, 4, 6, 7, 20] })).toEqual([7, 6, 4, 1]);
    });

    it("pages through any question as one reading of it would, whatever is inserted meanwhile", async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(someTickets, someTickets, someQuestion, fc.integer({ min: 1, max: 5 }), async (before, meanwhile, ask, size) => {
          const tenant = `q${run++}`;
          const add = (ticket: SomeTicket, id: string) =>
            tickets.create(scope(tenant), id, { state: { ...ticket, id, title: id, open: true }, events: [] });
          const stored = await Promise.all(before.map((ticket, n) => add(ticket, `b${n}`)));
          const arriving = meanwhile.map((ticket, n) => () => add(ticket, `m${n}`));
          const seen: Ticket[] = [];
          let token = "";
          do {
            const page = await tickets.page(tenant, ask.filter, { by: "at", direction: ask.direction, size, token });
            seen.push(...page.items);
            token = page.nextToken;
            await arriving.shift()?.();
          } while (token !== "");
          const ids = seen.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          const whole = await tickets.page(tenant, ask.filter, { by: "at", direction: ask.direction, size: 200, token: "" });
          const behind = await tickets.page(tenant, ask.filter, {
            by: "at",
            direction: ask.direction,
            size: 200,
            token: whole.tokenAfter(0),
          });
          expect(behind.items).toEqual(whole.items.slice(1));
          expect(await tickets.count(tenant, ask.filter, 5)).toBe(Math.min(5, whole.items.length));
          expect(seen.every(ask.holds)).toBe(true);
          const order = (a: Ticket, b: Ticket) => ask.direction * (a.at - b.at || (a.id < b.id ? -1 : 1));
          expect(seen).toEqual(seen.toSorted(order));
          expect(seen.filter(({ id }) => id.startsWith("b"))).toEqual(stored.filter(ask.holds).toSorted(order));
        }),
        { numRuns: 40 },
      );
    });

    it("tells of its own writes with rising versions, and finds by their time what was written since", async () => {
      const heard: [string, number, number][] = [];
      const before = Date.now();
      const following = tickets.follow(({ tenant, state, version }) => heard.push([`${tenant}/${state.id}`, version, state.at]));
      await tickets.create(scope("told"), "f1", opened("f1", "bell"));
      const grow = (s: Ticket) => ({ state: { ...s, at: s.at + 1 }, events: [] });
      await tickets.update(scope("told"), "f1", grow);
      await tickets.update(scope("told"), "f1", (state) => ({ state, events: [] }));
      const since = { tenant: "told", writtenAt: { $gte: before, $lt: Number.MAX_SAFE_INTEGER } };
      expect(await tickets.due(since, "writtenAt", 10)).toMatchObject([{ tenant: "told", state: { id: "f1", at: 2 }, version: 2 }]);
      expect(await tickets.due({ ...since, writtenAt: { ...since.writtenAt, $gte: Date.now() + 60_000 } }, "writtenAt", 10)).toEqual([]);
      following[Symbol.dispose]();
      await tickets.update(scope("told"), "f1", grow);
      expect(heard).toEqual([
        ["told/f1", 1, 1],
        ["told/f1", 2, 2],
      ]);
    });

    it("leaves what is postponed alone until then, or until it is written", async () => {
      for (const n of [1, 2, 3]) await tickets.create(scope("late"), `l${n}`, opened(`l${n}`, `late ${n}`, -10 + n));
      const due = async (until: number) =>
        (await tickets.dueBy("at", until, 10)).filter(({ tenant }) => tenant === "late").map(({ state, at }) => [state.id, at]);
      expect(await due(-8)).toEqual([
        ["l1", -9],
        ["l2", -8],
      ]);
      await tickets.postpone("late", "l1", 100);
      await tickets.postpone("late", "none", 100);
      expect(await due(-7)).toEqual([
        ["l2", -8],
        ["l3", -7],
      ]);
      expect((await due(100)).filter(([id]) => id === "l1")).toEqual([["l1", 100]]);
      expect(await tickets.get("late", "l1")).toEqual({ id: "l1", title: "late 1", tags: ["a"], at: -9, open: true });
      await tickets.update(scope("late"), "l1", (ticket) => ({ state: { ...ticket, at: -8 }, events: [] }));
      expect((await due(-8)).toSorted()).toEqual([
        ["l1", -8],
        ["l2", -8],
      ]);
    });

    it("forgets of many sources the one that was silent longest", async () => {
      await tickets.create(scope("t1"), "s1", opened("s1", "busy", 0));
      const grow = (s: Ticket) => ({ state: { ...s, at: s.at + 1 }, events: [] });
      const hear = (id: string, sequence: number) => tickets.update(scope("t1"), "s1", grow, { id, sequence });
      await hear("long call", 1);
      for (let n = 0; n < 63; n++) await hear(`short ${n}`, 1);
      await hear("long call", 2);
      await hear("another", 1);
      expect((await hear("long call", 1)).at).toBe(66);
      expect((await hear("short 0", 1)).at).toBe(67);
    });

    it("upserts rows one decision after the other", async () => {
      const add = () => rows.upsert("t1", "r", (row) => ({ total: (row?.total ?? 0) + 1, at: 5 }));
      await Promise.all([add(), add(), add(), add(), add()]);
      expect(await rows.find("t1", "r")).toMatchObject({ total: 5 });
      expect(await rows.find("t2", "r")).toBeUndefined();
      await rows.upsert("t1", "own-version", () => ({ total: 1, at: 9, version: 7 }));
      await rows.upsert("t1", "own-version", (row) => row && { ...row, total: 2 });
      expect(await rows.find("t1", "own-version")).toEqual({ total: 2, at: 9, version: 7 });
      expect(await rows.due({ at: { $lte: 5 } }, "at", 10)).toMatchObject([{ tenant: "t1", id: "r" }]);
    });
  });
}
