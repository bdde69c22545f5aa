import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ListEndedSessionsRequest } from "@trunkline/proto/workforce";
import type { Context } from "../context.ts";

const PAGE = 500;

export async function listEndedSessions({ employees }: Context, { since }: ListEndedSessionsRequest) {
  const from = since ? timestampMs(since) : 0;
  const ended = await employees.due({ tokensEndedAt: { $gte: from, $lt: Number.MAX_SAFE_INTEGER } }, "tokensEndedAt", PAGE);
  return {
    ended: ended.map(({ tenant, state }) => ({
      tenant,
      employeeId: state.id,
      tokensEndedAt: timestampFromMs(state.tokensEndedAt),
      sessionsEndedAt: timestampFromMs(state.sessionsEndedAt),
    })),
  };
}
