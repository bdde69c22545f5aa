import { topic } from "@trunkline/events";
import { caseOf, messageOf } from "@trunkline/proto";
import { RequestCustomerLinkedSchema, RequestEventSchema, RequestOpenedSchema, RequestResolvedSchema } from "@trunkline/proto/service-desk";
import { type AggregateStore, newestFirst, type StoreBackend } from "@trunkline/store";
import type { Request, RequestEvent } from "../domain/request.ts";
import { nextDueAt } from "../domain/request-timers.ts";

export const requestTopic = topic("service_desk.request", RequestEventSchema);

export type RequestStore = AggregateStore<Request, RequestEvent> & {
  /** Those opened from a call, the newest 200. */
  ofCall(tenant: string, callId: string): Promise<readonly Request[]>;
  /** Requests of all tenants without a number for people, opened at `until` or before, oldest first. */
  unnumbered(until: number, limit: number): Promise<readonly { tenant: string; state: Request }[]>;
};

export async function openRequestStore(backend: StoreBackend): Promise<RequestStore> {
  const store = await backend.aggregates<Request, RequestEvent, typeof RequestEventSchema, "nextDueAt" | "unnumberedSince" | "visibleTo">({
    name: "requests",
    noun: "request",
    indexes: [
      { tenant: 1, openedAt: -1, _id: -1 },
      { tenant: 1, visibleTo: 1, openedAt: -1, _id: -1 },
      { tenant: 1, state: 1, openedAt: -1, _id: -1 },
      { tenant: 1, queueId: 1, openedAt: -1, _id: -1 },
      { tenant: 1, customerId: 1, openedAt: -1, _id: -1 },
      { tenant: 1, callId: 1, openedAt: -1, _id: -1 },
      [{ nextDueAt: 1 }, { sparse: true }],
      [{ unnumberedSince: 1 }, { sparse: true }],
    ],
    lists: ["visibleTo"],
    topic: requestTopic,
    encode,
    overSince: (request) => (request.state === "resolved" && request.number !== undefined ? request.resolvedAt : undefined),
    derived: (_tenant, request) => ({
      nextDueAt: nextDueAt(request),
      unnumberedSince: request.number === undefined ? request.openedAt : undefined,
      visibleTo: [...new Set([request.ownerId, ...request.engineerIds])],
    }),
  });
  return {
    ...store,
    ofCall: async (tenant, callId) => (await store.page(tenant, { callId }, newestFirst("openedAt", 200))).items,
    unnumbered: (until, limit) => store.due({ unnumberedSince: { $lte: until } }, "unnumberedSince", limit),
  };
}

/** Where a request's own type stands in an event. */
function encode(event: RequestEvent) {
  switch (event.type) {
    case "opened":
      return { case: event.type, value: messageOf(RequestOpenedSchema, event.request) };
    case "resolved":
      return { case: event.type, value: messageOf(RequestResolvedSchema, { ...event, type: event.requestType }) };
    case "customerLinked":
      return { case: event.type, value: messageOf(RequestCustomerLinkedSchema, { ...event, type: event.requestType }) };
    default:
      return caseOf(RequestEventSchema, event);
  }
}
