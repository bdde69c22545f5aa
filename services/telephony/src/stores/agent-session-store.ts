import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { AgentSessionEventSchema } from "@trunkline/proto/telephony";
import type { CallScope } from "@trunkline/runtime";
import { type AggregateStore, changeOrCreate, type EventSource, itemsOf, type StoreBackend } from "@trunkline/store";
import { type AgentSession, type AgentSessionEvent, deskDueAt, newSession, type SessionDecided } from "../domain/agent-session.ts";

export const agentSessionTopic = topic("telephony.agent_session", AgentSessionEventSchema);

export type AgentSessionStore = Pick<AggregateStore<AgentSession, AgentSessionEvent>, "page" | "due" | "dueBy" | "postpone" | "follow"> & {
  /** An agent who has done nothing yet is offline. */
  find(tenant: string, employeeId: string, at: number): Promise<AgentSession>;
  change(
    scope: CallScope,
    employeeId: string,
    at: number,
    decide: (session: AgentSession) => SessionDecided,
    source?: EventSource,
  ): Promise<AgentSession>;
  /** Sessions whose mode was set at this instant or later, oldest first; at most 5,000. */
  modesSince(tenant: string, since: number): Promise<readonly AgentSession[]>;
};

const MOST_CHANGED = 5_000;

export async function openAgentSessionStore(backend: StoreBackend): Promise<AgentSessionStore> {
  const store = await backend.aggregates<AgentSession, AgentSessionEvent, typeof AgentSessionEventSchema, "deskDueAt" | "oldestWork">({
    name: "agent_sessions",
    noun: "agent_session",
    indexes: [
      [{ oldestWork: 1 }, { sparse: true }],
      [{ deskDueAt: 1 }, { sparse: true }],
      { tenant: 1, modeSetAt: 1, _id: 1 },
      { tenant: 1, stateSince: -1, _id: -1 },
      { tenant: 1, writtenAt: 1 },
    ],
    topic: agentSessionTopic,
    encode: (event) => caseOf(AgentSessionEventSchema, event),
    derived: (_tenant, session) => ({
      deskDueAt: deskDueAt(session),
      oldestWork: session.work.length > 0 ? Math.min(...session.work.map(({ since }) => since)) : undefined,
    }),
  });
  return {
    page: store.page,
    due: store.due,
    dueBy: store.dueBy,
    postpone: store.postpone,
    follow: store.follow,
    find: async (tenant, employeeId, at) => (await store.find(tenant, employeeId)) ?? newSession(employeeId, at),
    change: (scope, employeeId, at, decide, source) =>
      changeOrCreate(store, "agent_session", scope, newSession(employeeId, at), decide, source),
    modesSince: async (tenant, since) => {
      const found: AgentSession[] = [];
      const filter = { modeSetAt: { $gte: since, $lt: Number.MAX_SAFE_INTEGER } };
      const read = (token: string) => store.page(tenant, filter, { by: "modeSetAt", direction: 1, size: 200, token });
      for await (const session of itemsOf(read)) if (found.push(session) === MOST_CHANGED) break;
      return found;
    },
  };
}
