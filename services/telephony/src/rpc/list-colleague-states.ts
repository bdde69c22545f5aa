import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ListColleagueStatesRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import { newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";
import { stateOf } from "../domain/agent-session.ts";

/** A page may hold fewer than were asked for: who is off line, or has no extension any more, is left out. */
export async function listColleagueStates(
  { sessions, agents }: Context,
  { pageSize, pageToken }: ListColleagueStatesRequest,
  { tenant }: CallContext,
) {
  const page = await sessions.page(tenant, {}, newestFirst("stateSince", { pageSize, pageToken }));
  const colleagues = page.items.flatMap((session) => {
    const extension = agents.agent(tenant, session.id)?.extension;
    const { state, reason } = stateOf(session);
    if (!extension || state === "offline") return [];
    return { employeeId: session.id, extension, state, reason, stateSince: timestampFromMs(session.stateSince) };
  });
  return { colleagues, nextPageToken: page.nextToken };
}
