import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ListEndedSessionsRequestValid } from "@trunkline/proto/workforce";
import type { Context } from "../context.ts";

const PAGE = 500;

export async function listEndedSessions({ employees }: Context, { since }: ListEndedSessionsRequestValid) {
  const ended = await employees.due({ tokensEndedAt: { $gte: timestampMs(since), $lt: Number.MAX_SAFE_INTEGER } }, "tokensEndedAt", PAGE);
  return {
    ended: ended.map(({ tenant, state }) => ({
      tenant,
      employeeId: state.id,
      tokensEndedAt: timestampFromMs(state.tokensEndedAt),
      sessionsEndedAt: timestampFromMs(state.sessionsEndedAt),
    })),
  };
}
