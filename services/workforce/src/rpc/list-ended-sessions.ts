import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { SessionService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";

const PAGE = 500;

export function listEndedSessions({ employees }: Context): Handlers<typeof SessionService>["listEndedSessions"] {
  return async ({ since }) => {
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
  };
}
