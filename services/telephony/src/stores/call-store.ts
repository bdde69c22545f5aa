import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { type AggregateStore, inOrder, itemsOf, newestFirst, type StoreBackend } from "@trunkline/store";
import type { CallEvent } from "../domain/call-event.ts";
import { type Call, handsOf, isRinging, wrapUpDueAt } from "../domain/call-state.ts";
import { offerCount } from "../domain/offer-count.ts";
import { isWaiting } from "../domain/waiting-line.ts";

export const callTopic = topic("telephony.call", CallEventSchema);

/** More than one tenant has callers waiting. */
export const MOST_WAITING = 10_000;

export type CallStore = AggregateStore<Call, CallEvent> & {
  /** Calls that ring at this agent or are in their hands. */
  openOf(tenant: string, employeeId: string): Promise<readonly Call[]>;
  /** Calls of a connector that have not ended, oldest first. */
  liveOf(tenant: string, connectorId: string): AsyncIterable<Call>;
  /** Calls that nobody has answered yet and places that callers keep, the longest waiting first, at most MOST_WAITING: what a board shows. */
  waiting(tenant: string): Promise<readonly Call[]>;
  /** Who last talked to this number, since then. */
  lastAgent(tenant: string, numberHash: string, since: number): Promise<string | undefined>;
  /** Those of one number. */
  waitingOf(tenant: string, numberHash: string): Promise<readonly Call[]>;
};

export async function openCallStore(backend: StoreBackend): Promise<CallStore> {
  const store = await backend.aggregates<Call, CallEvent, typeof CallEventSchema, "openFor" | "liveOn" | "waits" | "wrapUpDueAt">({
    name: "calls",
    noun: "call",
    indexes: [
      [{ openFor: 1, queuedAt: 1, _id: 1 }, { sparse: true }],
      [{ liveOn: 1, queuedAt: 1, _id: 1 }, { sparse: true }],
      [{ waits: 1, queuedAt: 1, _id: 1 }, { sparse: true }],
      [{ waits: 1, writtenAt: 1 }, { partial: true }],
      [{ waits: 1, queue: 1, queuedAt: 1, _id: 1 }, { sparse: true }],
      [{ waits: 1, numberHash: 1, queuedAt: 1, _id: 1 }, { sparse: true }],
      [{ nextDueAt: 1 }, { sparse: true }],
      [{ wrapUpDueAt: 1 }, { sparse: true }],
      [{ recordingDueAt: 1 }, { sparse: true }],
      { tenant: 1, numberHash: 1, answeredAt: -1, _id: -1 },
      { tenant: 1, queuedAt: -1, _id: -1 },
      { tenant: 1, queue: 1, queuedAt: -1, _id: -1 },
      { tenant: 1, employeeId: 1, queuedAt: -1, _id: -1 },
      { tenant: 1, outcome: 1, queuedAt: -1, _id: -1 }, // An agent's calls are nearly all answered ones: those two together need none.
      { tenant: 1, queue: 1, outcome: 1, queuedAt: -1, _id: -1 },
      { tenant: 1, queue: 1, employeeId: 1, queuedAt: -1, _id: -1 },
    ],
    lists: ["openFor"],
    topic: callTopic,
    encode: (event) => caseOf(CallEventSchema, event.type === "offer_ended" ? { ...event, countsAs: offerCount(event.reason) } : event),
    isOver: ({ state }) => state === "ended",
    overSince,
    derived: (tenant, call) => ({
      openFor: openFor(tenant, call),
      liveOn: call.endedAt === undefined ? call.connectorId : undefined,
      waits: waits(call) ? tenant : undefined,
      wrapUpDueAt: wrapUpDueAt(call),
    }),
  });
  return {
    ...store,
    openOf: async (tenant, employeeId) => (await store.page(tenant, { openFor: `${tenant}/${employeeId}` }, inOrder("queuedAt", 50))).items,
    waiting: async (tenant) => (await store.due({ waits: tenant }, "queuedAt", MOST_WAITING)).map(({ state }) => state),
    lastAgent: async (tenant, numberHash, since) => {
      const filter = { numberHash, answeredAt: { $gte: since, $lt: Number.MAX_SAFE_INTEGER } };
      const { items } = await store.page(tenant, filter, newestFirst("answeredAt", 1));
      return items[0]?.employeeId;
    },
    waitingOf: async (tenant, numberHash) => (await store.due({ waits: tenant, numberHash }, "queuedAt", 20)).map(({ state }) => state),
    liveOf: (tenant, connectorId) =>
      itemsOf((token) => store.page(tenant, { liveOn: connectorId }, { by: "queuedAt", direction: 1, size: 200, token })),
  };
}

const waits = (call: Call) => isWaiting(call) || (call.state === "ringing" && call.outcome === "" && call.endedAt === undefined);

/** A call whose recording is still there, or that keeps its caller's place, is not over. */
export function overSince(call: Call): number | undefined {
  const due = call.nextDueAt !== undefined || call.recordingDueAt !== undefined || call.wrapping !== undefined;
  return call.state === "ended" && !due && !waits(call) ? call.endedAt : undefined;
}

function openFor(tenant: string, call: Call): string[] | undefined {
  const ringing = call.offers.filter(isRinging).map(({ employeeId }) => employeeId);
  const agents = [...new Set([...ringing, ...handsOf(call)])].filter((id) => id !== "");
  return agents.length > 0 ? agents.map((id) => `${tenant}/${id}`) : undefined;
}
