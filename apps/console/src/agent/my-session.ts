import { timestampMs } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import type { AgentState } from "@trunkline/desktop-client";
import type { AgentSession } from "@trunkline/proto/telephony";
import { agentSessions } from "../api/clients.ts";
import { useDesktop } from "../desktop/desktop-store.ts";

export type MySession = {
  readonly mode: string;
  readonly employeeId?: string;
  readonly extension?: string;
  readonly reason: string;
  readonly state: AgentState;
  readonly stateSince: number;
  readonly unanswered: number;
};

/** The agent's own session: as the socket says it, and as it was asked for until then. */
export function useMySession(): { readonly session: MySession | undefined; readonly failed: boolean } {
  const told = useDesktop((state) => state.session);
  const { data, isError } = useQuery({ queryKey: ["my-session"], queryFn: async () => (await agentSessions.getMySession({})).session });
  const asked = data ? fromMessage(data) : undefined;
  // The answer to a change may come before its frame; whichever is younger holds.
  const about = asked && { extension: asked.extension ?? "", employeeId: asked.employeeId ?? "" };
  const session = told && asked ? (asked.stateSince > told.stateSince ? asked : told) : (told ?? asked);
  return { session: session && { ...session, ...about }, failed: isError && !told };
}

function fromMessage({ mode, employeeId, extension, reason, state, stateSince, unanswered }: AgentSession): MySession {
  return {
    mode,
    employeeId,
    extension,
    reason,
    state: state as AgentState,
    stateSince: stateSince ? timestampMs(stateSince) : 0,
    unanswered,
  };
}
