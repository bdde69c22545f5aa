import { DomainError } from "@trunkline/errors";
import type { CallQueueService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkedCallQueue } from "../domain/call-queue.ts";
import { rankAgents } from "../domain/distribution.ts";
import { candidatesOf, reasonsOf } from "../flows/distribute.ts";
import { fromMessage, toCandidates } from "./call-queue-message.ts";

/** As distribution would decide; with everybody who is ready, and the queue's own agents, ready or not. */
export function previewCallQueue(context: Context): Handlers<typeof CallQueueService>["previewCallQueue"] {
  return async ({ queue, waitedMs }, { tenant }) => {
    if (!queue) throw new DomainError("invalid", "field_invalid", "queue: value is required", { field: "queue" });
    const settings = checkedCallQueue(fromMessage(queue), (id) => context.queues.known(tenant, id));
    const sessions = new Map((await context.sessions.ready(tenant)).map((session) => [session.id, session]));
    for (const { employeeId } of settings.agents) {
      if (!sessions.has(employeeId)) sessions.set(employeeId, await context.sessions.find(tenant, employeeId, context.now()));
    }
    const ranking = rankAgents(
      settings,
      { waitedMs: Number(waitedMs), preferred: "", passedBy: [] },
      candidatesOf(context, tenant, [...sessions.values()]),
    );
    return { candidates: toCandidates(reasonsOf(settings, ranking, 200, context.now())) };
  };
}
