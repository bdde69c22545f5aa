import type { SessionFrame } from "@trunkline/desktop-client";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";

/** An agent's own state. @param revision the event's place; 0 in a snapshot */
export function sessionFrame(session: AgentSession, revision: number): SessionFrame {
  const { id, mode, reason, stateSince, unanswered } = session;
  const { state, callId } = stateOf(session);
  return { type: "session", key: `session:${id}`, revision, mode, reason, state, stateSince, callId, unanswered };
}
