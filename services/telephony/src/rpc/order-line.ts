import { DomainError } from "@trunkline/errors";
import type { OrderLineRequest } from "@trunkline/proto/telephony";
import { doOnLine } from "../clients/line-order.ts";
import type { Context } from "../context.ts";
import { notOurs } from "../domain/line.ts";

/** From another instance, which has asked who owns the connection. */
export async function orderLine({ lines }: Context, { connectorId, callId, startedAt, linkedid, order }: OrderLineRequest) {
  const line = lines.get(connectorId);
  if (!line) throw notOurs();
  if (order.case === undefined) throw new DomainError("invalid", "field_invalid", "order: say what to do", { field: "order" });
  await doOnLine(line, { id: callId, startedAt: Number(startedAt), linkedid }, order);
  return {};
}
