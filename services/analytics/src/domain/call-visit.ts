import type { Fact } from "./fact.ts";

/**
 * A call may come to several queues one after the other, and counts in each: every stay is a fact of its own, its memory kept within that of
 * the call's first, under names that end in the stay's number. So one document, and one fence, takes all events of a call.
 */

type Memory = Fact["memory"];

/** Further ones count with the last. */
const MAX_VISITS = 20;

export const visitOf = (memory: Memory) => memory["visit"] ?? 1;
export const nextVisit = (memory: Memory) => Math.min(visitOf(memory) + 1, MAX_VISITS);

/** Under which name a stay keeps this. */
export const named = (name: string, visit: number) => (visit === 1 ? name : `${name}/${visit}`);

/** The later stays of a call, each with the memory of a call that knew no other queue. */
export function laterVisits(memory: Memory): readonly { readonly visit: number; readonly memory: Memory }[] {
  return Array.from({ length: visitOf(memory) - 1 }, (_, n) => n + 2).map((visit) => ({
    visit,
    memory: Object.fromEntries(
      Object.entries(memory).flatMap(([name, value]) => {
        const [plain = "", of = ""] = name.split("/");
        return of === String(visit) ? [[plain, value]] : [];
      }),
    ),
  }));
}

/** The call that a fact is of. */
export const callOfFact = (sourceId: string) => sourceId.split("/")[0] ?? "";
