import type { Clock, Logger } from "@trunkline/runtime";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";
import { type LineUp, lineUp } from "../domain/line-up.ts";
import type { AgentDirectory } from "./agent-directory.ts";
import type { AgentSessionStore } from "./agent-session-store.ts";
import { type LiveCopy, liveCopy } from "./live-copy.ts";

/** Which agents could take a call now, by tenant; in memory, as a call waits for no search. */
export type ReadyAgents = {
  /** Up to date with this instance, and with others but for a moment. */
  of(tenant: string): Promise<LineUp>;
  /** Tells when somebody of the tenant has become ready. */
  follow(tenant: string, heard: () => void): Disposable;
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
  const followers = new Set<{ readonly tenant: string; readonly heard: () => void }>();
  const open = (tenant: string): Known => {
    const known = { lineUp: lineUp(), ready: new Map<string, AgentSession>() };
    const heard = (session: AgentSession) => {
      if (stateOf(session).state === "ready") known.ready.set(session.id, session);
      else known.ready.delete(session.id);
      stand(tenant, session.id);
    };
    return { ...known, copy: liveCopy({ store: sessions, tenant, filter: { tenant }, heard, now, log }) };
  };
  const stand = (tenant: string, employeeId: string) => {
    const known = tenants.get(tenant);
    const session = known?.ready.get(employeeId);
    const agent = agents.agent(tenant, employeeId);
    if (!session || !agent) return known?.lineUp.remove(employeeId);
    known?.lineUp.put({ session, skills: agent.skills });
    for (const one of followers) if (one.tenant === tenant) one.heard();
  };
  const directory = agents.follow(stand);
  return {
    async of(tenant) {
      const known = tenants.get(tenant) ?? open(tenant);
      tenants.set(tenant, known);
      await known.copy.refresh();
      return known.lineUp;
    },
    follow(tenant, heard) {
      const one = { tenant, heard };
      followers.add(one);
      return { [Symbol.dispose]: () => void followers.delete(one) };
    },
    [Symbol.dispose]: () => {
      directory[Symbol.dispose]();
      for (const { copy } of tenants.values()) copy[Symbol.dispose]();
    },
  };
}
