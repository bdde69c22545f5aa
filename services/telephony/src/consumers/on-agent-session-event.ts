import { on, type Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import { sessionFrame } from "../domain/frame.ts";
import type { Mailbox } from "../realtime/mailbox.ts";
import { agentSessionTopic } from "../stores/agent-session-store.ts";

/** The agent's desktops show the state that the session has; whoever waits for an agent is told that one is free. */
export function onAgentSessionEvent(context: Context, mailbox: Pick<Mailbox, "put">): Subscription {
  const { sessions, now } = context;
  return on(agentSessionTopic, async ({ event: { event }, id, sequence, scope }) => {
    if (event.case !== "stateChanged") return;
    if (event.value.state === "ready") agentReady(context, scope.tenant);
    await mailbox.put(`${scope.tenant}/${id}`, sessionFrame(await sessions.find(scope.tenant, id, now()), sequence));
  });
}

function agentReady({ lines }: Context, tenant: string): void {
  for (const line of lines.values()) if (line.tenant === tenant) line.distributor?.agentReady();
}
