import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ExplainCallRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toCandidates } from "./call-queue-message.ts";

export async function explainCall({ calls }: Context, { callId }: ExplainCallRequest, { tenant }: CallContext) {
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
}
