import { contentId } from "@trunkline/runtime";
import { customerChannel, keyOf, waitingChannel } from "../connectors/routed/values.ts";
import type { CallKey, Exchange } from "./facts.ts";

const OURS = /^tlq?-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d+\.0$/;

/** Of a call that we dialled ourselves the exchange's id carries our id; of any other, exchange, start and linkedid make it. */
export function idOf(exchange: Pick<Exchange, "id">, { startedAt, linkedid }: CallKey): string {
  return OURS.exec(linkedid)?.[1] ?? contentId(exchange.id, String(startedAt), linkedid);
}

/** Of a call to a customer who is to wait for an agent when they answer. */
export function waitingKey(id: string, at: number): CallKey {
  return keyOf({ id: waitingChannel(id, at), createdAt: 0 });
}

/** What the exchange is told to call a call of ours, which begins now. */
export function outboundKey(id: string, at: number): CallKey {
  return keyOf({ id: customerChannel(id, at), createdAt: 0 });
}
