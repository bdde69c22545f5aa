import { contentId } from "@trunkline/runtime";
import type { CallKey, Exchange } from "../domain/line.ts";
import { bounded } from "./caller.ts";
import type { AgentOffered } from "./facts.ts";

/** By what calls and rings are known here and on their exchange, whatever protocol it speaks. */

const MAX_ID = 128;
const PLAIN_ID = /^[\w.:-]{1,128}$/;
const OURS = /^tlq?-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d+\.0$/;
const CUSTOMER = /^tl-[\w-]{1,64}-[0-9]{9,11}\.0$/;

/** The usual kind is taken as it is; what somebody made up (a channel id of a dialer) is bounded. */
export function linkedidFrom(text: string): string {
  return PLAIN_ID.test(text) ? text : bounded(text, MAX_ID);
}

/** A Linkedid is "[system-]seconds.counter": the seconds are when the first channel of the call was made. */
export function callKeyOf(linkedid: string): CallKey {
  const seconds = /(?:^|-)([0-9]{9,11})\.[0-9]+$/.exec(linkedid)?.[1];
  return { startedAt: seconds === undefined ? 0 : Number(seconds) * 1000, linkedid: linkedidFrom(linkedid) };
}

/** The customer's channel of a call that an agent makes; its id carries when the call began, as an id that the PBX gives does. */
export function customerChannel(id: string, at: number): string {
  return `tl-${id}-${Math.floor(at / 1000)}.0`;
}

/** Of a customer whom we call back and who then waits: a caller like any other once they answer. */
export function waitingChannel(id: string, at: number): string {
  return `tlq-${id}-${Math.floor(at / 1000)}.0`;
}

export function isWaitingChannel(channel: string): boolean {
  return channel.startsWith("tlq-");
}

export function isCustomer(channel: string): boolean {
  return CUSTOMER.test(channel);
}

/** Of a call that we dialled ourselves the exchange's id carries our id; of any other, exchange, start and linkedid make it. */
export function idOf(exchange: Pick<Exchange, "id">, { startedAt, linkedid }: CallKey): string {
  return OURS.exec(linkedid)?.[1] ?? contentId(exchange.id, String(startedAt), linkedid);
}

/** Of a call to a customer who is to wait for an agent when they answer. */
export function waitingKey(id: string, at: number): CallKey {
  return callKeyOf(waitingChannel(id, at));
}

/** What the exchange is told to call a call of ours, which begins now. */
export function outboundKey(id: string, at: number): CallKey {
  return callKeyOf(customerChannel(id, at));
}

/**
 * The same ring has the same id, whoever reports it: what we ordered has the one that we gave it, for its agent may have answered before it is
 * reported. Any other ring is known by its phone's channel, also to a new owner of the connection who finds it under way, when the former one
 * had shown it but not stored it.
 */
export function offerIdOf(
  callId: string,
  { extension, leg, offerId, at }: Pick<AgentOffered, "extension" | "leg" | "offerId" | "at">,
): string {
  return offerId ?? contentId(callId, extension, leg ?? String(at));
}
