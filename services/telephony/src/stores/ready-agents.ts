import { type Clock, type Followers, followers, type Logger } from "@trunkline/runtime";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";
import { type LineUp, lineUp } from "../domain/line-up.ts";
import type { AgentDirectory } from "./agent-directory.ts";
import type { AgentSessionStore } from "./agent-session-store.ts";
import { type LiveCopy, liveCopy } from "./live-copy.ts";

/** Which agents could take a call now, by tenant; in memory, as a call waits for no search. */
export type ReadyAgents = {
  /** Up to date with this instance, and with others but for a moment. */
  of(tenant: string): Promise<LineUp>;
  /** Tells of which tenant somebody has become ready. */
  readonly follow: Followers<string>["follow"];
} & Disposable;

type Parts = {
  readonly sessions: AgentSessionStore;
  readonly agents: AgentDirectory;
  readonly now: Clock;
  readonly log: Pick<Logger, "warn">;
};
type Known = { readonly lineUp: LineUp; readonly copy: LiveCopy; readonly ready: Map<string, AgentSession> };

export function openReadyAgents({ sessions, agents, now, log }: Parts): ReadyAgents {
  const tenants = new Map<string, Known>();
  const readied = followers<string>();
  const open = (tenant: string): Known => {
    const ready = new Map<string, AgentSession>();
    const heard = (session: AgentSession) => {
      if (stateOf(session).state === "ready") ready.set(session.id, session);
      else ready.delete(session.id);
      stand(tenant, session.id);
    };
    const known = { lineUp: lineUp(), ready, copy: liveCopy({ store: sessions, tenant, filter: { tenant }, heard, now, log }) };
    tenants.set(tenant, known);
    return known;
  };
  const stand = (tenant: string, employeeId: string) => {
    const known = tenants.get(tenant);
    const session = known?.ready.get(employeeId);
    const agent = agents.agent(tenant, employeeId);
    if (!session || !agent) return known?.lineUp.remove(employeeId);
    known?.lineUp.put({ session, skills: agent.skills });
    readied.tell(tenant);
  };
  const directory = agents.follow(({ tenant, employeeId }) => stand(tenant, employeeId));
  return {
    async of(tenant) {
      const { copy, lineUp } = tenants.get(tenant) ?? open(tenant);
      await copy.refresh();
      return lineUp;
    },
    follow: readied.follow,
    [Symbol.dispose]: () => {
      directory[Symbol.dispose]();
      for (const { copy } of tenants.values()) copy[Symbol.dispose]();
    },
  };
}
