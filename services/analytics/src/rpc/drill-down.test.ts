import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { memoryBackend, openLease, type RowStore } from "@trunkline/store";
import fc from "fast-check";
import { aggregateOnce } from "../aggregation.ts";
import type { Context } from "../context.ts";
import type { Kind } from "../domain/fact.ts";
import { FIGURES } from "../domain/figures.ts";
import { openBucketStore } from "../stores/bucket-store.ts";
import { openFactStore } from "../stores/fact-store.ts";
import { getFigures } from "./get-figures.ts";
import { listFacts } from "./list-facts.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function opened() {
  const now = () => 10 * DAY;
  const backend = memoryBackend({ offer: () => true }, now);
  const context: Context = { facts: await openFactStore(backend), buckets: await openBucketStore(backend), now };
  const lease = await openLease(backend, { service: "analytics", name: "aggregation", owner: "a", now });
  const call = { tenant: "t1" } as never;
  const range = (from: number, to: number) => ({ from: timestampFromMs(from), to: timestampFromMs(to), queue: "", queues: [] }) as never;
  return {
    context,
    backend,
    fact: (kind: Kind, id: string, memory: Record<string, number>, queue = "q") =>
      context.facts.apply("t1", kind, id, 1, now(), () => ({
        queue,
        at: Math.min(...Object.values(memory).filter((n) => n >= HOUR)),
        memory,
      })),
    aggregate: () => aggregateOnce({ ...context, lease }),
    figures: async (from: number, to: number) =>
      (await getFigures(context, { ...(range(from, to) as object), figures: [] } as never, call)).figures ?? [],
    figuresOf: async (queues: string[], from: number, to: number) =>
      (await getFigures(context, { ...(range(from, to) as object), figures: ["requests_opened"], queues } as never, call)).queues ?? [],
    async behind(figure: string, from: number, to: number) {
      const found: { id: string; at: number; share: [number, number] }[] = [];
      let pageToken = "";
      do {
        const page = await listFacts(context, { ...(range(from, to) as object), figure, pageSize: 2, pageToken } as never, call);
        for (const { sourceId, at, numerator, denominator } of page.facts ?? [])
          found.push({ id: sourceId ?? "", at: timestampMs(at as never), share: [Number(numerator), Number(denominator)] });
        pageToken = page.nextPageToken ?? "";
      } while (pageToken !== "");
      return found;
    },
  };
}

describe("figures of several queues", () => {
  it("are those of each of them, in one answer and in the order asked for", async () => {
    const { fact, aggregate, figuresOf } = await opened();
    await fact("request", "r1", { openedAt: DAY + HOUR }, "repair");
    await fact("request", "r2", { openedAt: DAY + HOUR }, "sales");
    await fact("request", "r3", { openedAt: DAY + HOUR }, "sales");
    while ((await aggregate()) > 0);
    const answer = await figuresOf(["sales", "nobody", "repair"], DAY, 2 * DAY);
    expect(answer.map(({ queue, figures }) => [queue, figures?.map(({ name, value }) => [name, value])])).toEqual([
      ["sales", [["requests_opened", 2]]],
      ["nobody", [["requests_opened", 0]]],
      ["repair", [["requests_opened", 1]]],
    ]);
  });
});

describe("the contacts behind a figure", () => {
  it("stand on the day on which they counted, not on the one on which they began", async () => {
    const { fact, behind } = await opened();
    await fact("request", "r1", { openedAt: DAY + HOUR, resolvedAt: 2 * DAY + HOUR });
    expect(await behind("requests_resolved", 2 * DAY, 3 * DAY)).toEqual([{ id: "r1", at: DAY + HOUR, share: [1, 1] }]);
    expect(await behind("requests_resolved", DAY, 2 * DAY)).toEqual([]);
    expect(await behind("resolution_time", 2 * DAY, 3 * DAY)).toMatchObject([{ id: "r1", share: [DAY, 1] }]);
  });

  it("hold the part of a state that passes midnight which lies in the range", async () => {
    const { fact, behind } = await opened();
    await fact("agent_state", "e1/1", { measure: 1, endedAt: 2 * DAY + HOUR, lastedMs: 3 * HOUR }, "");
    expect(await behind("occupancy", DAY, 2 * DAY)).toMatchObject([{ id: "e1/1", share: [2 * HOUR, 2 * HOUR] }]);
    expect(await behind("occupancy", 2 * DAY, 3 * DAY)).toMatchObject([{ id: "e1/1", share: [HOUR, HOUR] }]);
  });

  const instant = fc.integer({ min: DAY / HOUR, max: 4 * (DAY / HOUR) }).map((hours) => hours * HOUR + 60_000);
  const someFact = fc.oneof(
    fc.record({
      kind: fc.constant("request" as const),
      memory: fc.record({ openedAt: instant, resolvedAt: instant, targetMissedAt: instant }),
    }),
    fc.record({
      kind: fc.constant("survey" as const),
      memory: fc.record({ sentAt: instant, answeredAt: instant, score: fc.integer({ min: 1, max: 5 }) }),
    }),
    fc.record({ kind: fc.constant("work_order" as const), memory: fc.record({ dispatchedAt: instant, completedAt: instant }) }),
    fc.record({ kind: fc.constant("callback" as const), memory: fc.record({ openedAt: instant, doneAt: instant }) }),
    fc.record({
      kind: fc.constant("agent_state" as const),
      memory: fc.record({ measure: fc.integer({ min: 1, max: 4 }), endedAt: instant, lastedMs: fc.integer({ min: 1, max: 5 * HOUR }) }),
    }),
  );

  it("add up to the figure, for every figure and range", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someFact, { maxLength: 8 }), instant, fc.integer({ min: 1, max: 60 }), async (some, from, hours) => {
        const { fact, aggregate, figures, behind } = await opened();
        for (const [n, { kind, memory }] of some.entries()) await fact(kind, `f${n}`, memory);
        await aggregate();
        const to = from + hours * HOUR;
        for (const figure of await figures(from, to)) {
          const parts = await behind(figure.name ?? "", from, to);
          const sum = (index: 0 | 1) => parts.reduce((all, { share }) => all + share[index], 0);
          expect([figure.name, sum(0)]).toEqual([figure.name, Number(figure.numerator)]);
          const { denominator } = FIGURES.find(({ name }) => name === figure.name) ?? { denominator: [] };
          if (denominator.length > 0) expect([figure.name, sum(1)]).toEqual([figure.name, Number(figure.denominator)]);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("facts of an earlier release", () => {
  it("are renewed, and the sums above them are computed again", async () => {
    const { fact, backend, context, aggregate, figures, behind } = await opened();
    await fact("request", "r1", { openedAt: DAY + HOUR, resolvedAt: DAY + 2 * HOUR });
    await aggregate();
    type Old = { marks?: unknown; revision?: number };
    const rows: RowStore<Old> = await backend.rows<Old>({ name: "facts", indexes: [] });
    await rows.upsert("t1", "request/r1", (row) => {
      const { marks, revision, ...old } = row ?? {};
      return old;
    });
    await context.buckets.put("t1", { span: "day", queue: "q", start: DAY, measures: { requests_opened: 99 } }, 1);
    expect(await context.facts.renew(0, 10)).toBe(1);
    expect(await context.facts.renew(0, 10)).toBe(0);
    await aggregate();
    expect((await figures(DAY, 2 * DAY)).find(({ name }) => name === "requests_opened")).toMatchObject({ numerator: 1n });
    expect(await behind("requests_opened", DAY, 2 * DAY)).toHaveLength(1);
  });
});
