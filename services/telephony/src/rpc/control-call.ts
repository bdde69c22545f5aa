import { DomainError } from "@trunkline/errors";
import type { CallControlService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";

const IN_HAND = new Set(["talking", "held", "dialling"]);

/** What the exchange then reports changes the call; nothing is assumed here. */
export function controlCall({ calls, orderLine }: Context): Handlers<typeof CallControlService>["controlCall"] {
  return async ({ callId, action }, { tenant, principal }) => {
    if (!action) throw new DomainError("invalid", "field_invalid", "action: say what to do with the call", { field: "action" });
    const call = await calls.get(tenant, callId);
    if (call.employeeId !== principal.id || !IN_HAND.has(call.state))
      throw new DomainError(
        "rule_violated",
        "call_not_in_hand",
        "only the agent who talks to the caller can do this, while the call lasts",
      );
    await orderLine(call.connectorId, call, { case: "action", value: action });
    return {};
  };
}
