import { DomainError } from "@trunkline/errors";
import { normalizeNumber } from "@trunkline/phone-number";
import type { PlaceCallRequest } from "@trunkline/proto/telephony";
import { authorize, type CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import { canDial, type DiallingConfig } from "../connector-config.ts";
import type { Context } from "../context.ts";
import { forget, reserveOut } from "../domain/agent-session.ts";
import { claimDialling, placeCall as place } from "../domain/call.ts";
import type { Call } from "../domain/call-state.ts";
import { outboundKey } from "../facts/call-keys.ts";
import { type CallOut, clearOut } from "../flows/dial-out.ts";
import { toMessage } from "./call-message.ts";
import { ownExtension } from "./own-phone.ts";

/** Agent first: their phone rings, then the number is dialled. The same request_id again dials nobody twice. */
export async function placeCall(context: Context, { number, customerId, missedCallId }: PlaceCallRequest, call: CallContext) {
  const { calls, agents, connectors, orderLine, hashNumber, now } = context;
  // Who has a number is seen on its call: for whoever may not ask that, a number of their own choice leads nowhere.
  if (missedCallId === "") authorize(call.principal, "customer.identify");
  const e164 = normalizeNumber(missedCallId === "" ? number : callerOf(await calls.get(call.tenant, missedCallId)));
  if (!e164) throw new DomainError("invalid", "number_invalid", "this is no telephone number: give it with area code, or as +86...");
  const connector = connectors.filter(canDial).find(({ tenant, dialOut }) => tenant === call.tenant && dialOut !== undefined);
  if (!connector)
    throw new DomainError("rule_violated", "outbound_not_set_up", "no connection of this tenant may call out: set dialOut of one");
  const extension = ownExtension(agents, call.tenant, call.principal.id);
  const at = now();
  const id = createId(call, at);
  if (!(await calls.find(call.tenant, id))) await begin(context, connector, call, { id, customerId, e164 }, at);
  const input = {
    id,
    connectorId: connector.id,
    ...outboundKey(id, at),
    queue: "",
    direction: "outbound",
    routed: true,
    callerNumber: e164,
    numberHash: hashNumber(e164),
    numberKind: "known",
  } as const;
  await calls.create(call, id, place(input, call.principal.id, customerId, at));
  let taken = false;
  const placed = await calls.update(call, id, (current) => {
    const claimed = claimDialling(current, at);
    taken = claimed.taken;
    return claimed;
  });
  if (taken) await orderLine(connector.id, placed, { case: "originate", value: { extension, number: e164 } });
  return { call: toMessage(connectors, placed, call.principal) };
}

/** The phone is kept first, so that of many wishes at once one is dialled. */
async function begin(context: Context, connector: DiallingConfig, call: CallContext, out: CallOut, at: number): Promise<void> {
  const { sessions } = context;
  const { id: employeeId } = call.principal;
  await sessions.change(call, employeeId, at, (session) => reserveOut(session, out.id, at));
  try {
    await clearOut(context, connector, out, at);
  } catch (error) {
    await sessions.change(call, employeeId, at, (session) => forget(session, ({ callId }) => callId === out.id, at));
    throw error;
  }
}

/** Of any other call the number is for those alone who may see it. */
function callerOf({ outcome, direction, callerNumber }: Call): string {
  if (outcome !== "answered" && direction === "inbound") return callerNumber;
  throw new DomainError("rule_violated", "call_not_missed", "this call was answered, or was none of a caller: give the number");
}
