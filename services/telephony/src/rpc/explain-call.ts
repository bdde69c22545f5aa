import { messageOf } from "@trunkline/proto";
import { type ExplainCallRequest, ExplainedOfferSchema } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function explainCall({ calls }: Context, { callId }: ExplainCallRequest, { tenant }: CallContext) {
  const { offers } = await calls.get(tenant, callId);
  return {
    offers: offers.map(({ reason, ...offer }) =>
      messageOf(ExplainedOfferSchema, { ...offer, strategy: reason?.strategy ?? "", candidates: reason?.candidates ?? [] }),
    ),
  };
}
