import { on, type Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import type { Mailbox } from "../realtime/mailbox.ts";
import { sessionFrame } from "../realtime/session-frame.ts";
import { agentSessionTopic } from "../stores/agent-session-store.ts";

/** The agent's desktops show the state that the session has, and what follows it. */
export function onAgentSessionEvent({ sessions, now }: Context, mailbox: Pick<Mailbox, "put">): Subscription {
  return on(agentSessionTopic, ["stateChanged", "modeChanged"], async ({ id, sequence, scope }) => {
    await mailbox.put(`${scope.tenant}/${id}`, sessionFrame(await sessions.find(scope.tenant, id, now()), sequence));
  });
}
