import type { CallService } from "@trunkline/proto/telephony";
import type { Client } from "@trunkline/rpc";
import type { CallScope } from "@trunkline/runtime";

export type ReadCall = { readonly number: string; readonly customerId: string; readonly outbound: boolean };

/** Asks telephony who called; an empty number is one that was withheld. */
export type CallReader = (scope: CallScope, callId: string) => Promise<ReadCall>;

export const READ_DEADLINE_MS = 2_000;

export function callReader(client: Client<typeof CallService>): CallReader {
  return async (scope, callId) => {
    const { call } = await client.getCall({ callId }, { scope });
    return { number: call?.callerNumber ?? "", customerId: call?.customerId ?? "", outbound: call?.direction === "outbound" };
  };
}
