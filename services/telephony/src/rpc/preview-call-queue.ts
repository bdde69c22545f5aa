import { messageOf } from "@trunkline/proto";
import { type PreviewCallQueueRequestValid, PreviewCallQueueResponseSchema } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkedCallQueue } from "../domain/call-queue.ts";
import { rankAgents } from "../domain/distribution.ts";
import { reasonOf } from "../flows/distribute.ts";
import { fromMessage } from "./call-queue-message.ts";

const SHOWN = 200;

/** As distribution would decide; with everybody who is ready, and the queue's own agents, ready or not. */
export async function previewCallQueue(context: Context, { queue, waitedMs }: PreviewCallQueueRequestValid, { tenant }: CallContext) {
  const settings = checkedCallQueue(fromMessage(queue), (id) => context.queues.known(tenant, id));
  const candidates = new Map((await context.ready.of(tenant)).all().map((one) => [one.session.id, one]));
  for (const { employeeId } of settings.agents) {
    const skills = context.agents.agent(tenant, employeeId)?.skills;
    if (skills && !candidates.has(employeeId))
      candidates.set(employeeId, { session: await context.sessions.find(tenant, employeeId, context.now()), skills });
  }
  const ranking = rankAgents(settings, { waitedMs: Number(waitedMs), preferred: "", passedBy: [] }, [...candidates.values()]);
  return messageOf(PreviewCallQueueResponseSchema, reasonOf(settings, ranking, SHOWN));
}
