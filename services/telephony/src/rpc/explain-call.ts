import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CallQueueService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toCandidates } from "./call-queue-message.ts";

export function explainCall({ calls }: Context): Handlers<typeof CallQueueService>["explainCall"] {
  return async ({ callId }, { tenant }) => {
    const { offers } = await calls.get(tenant, callId);
    return {
      offers: offers.map(({ offerId, employeeId, at, ended, reason }) => ({
        offerId,
        employeeId,
        at: timestampFromMs(at),
        ended,
        strategy: reason?.strategy ?? "",
        candidates: toCandidates(reason ?? { candidates: [] }),
      })),
    };
  };
}
