import { DomainError } from "@trunkline/errors";
import type { CallEvent } from "./call-event.ts";
import { type Call, type Decided, endHold, isRinging, isTalking, nothing, type Offer, without } from "./call-state.ts";

/** Rings at agents' phones: the exchange's own, and ours, which one agent has alone and for a time. */

const MAX_OFFERS = 100;
const KEPT_REASONS = 10;
const MISSED = new Set(["no_answer", "busy", "rejected", "cancelled", "unavailable"]);

/** A phone rings. The same ring reported again (a resync) changes nothing. */
export function offer(call: Call, ring: Pick<Offer, "offerId" | "employeeId" | "extension">, at: number): Decided {
  // A caller who was handed on rings at the next agent while the first one still wraps up.
  if (call.endedAt !== undefined || call.offers.length >= MAX_OFFERS) return nothing(call);
  if (call.offers.some(({ offerId, extension, ended }) => offerId === ring.offerId || (extension === ring.extension && ended === "")))
    return nothing(call);
  const state: Call = {
    ...call,
    state: call.state === "queued" ? "ringing" : call.state,
    offers: [...call.offers, { ...ring, queue: call.queue, at, ended: "" }],
  };
  return { state, events: [{ type: "offered", at, ...ring }] };
}

/**
 * Our own offer, the first of the two writes: only while the call waits and rings at nobody.
 * @throws rule_violated call_not_waiting
 */
export function offerTo(
  call: Call,
  { reason, ...ring }: Pick<Offer, "offerId" | "employeeId" | "extension" | "reason">,
  expiresAt: number,
  at: number,
): Decided {
  if (call.state !== "queued" || call.outcome !== "" || call.endedAt !== undefined || call.offers.length >= MAX_OFFERS)
    throw new DomainError("rule_violated", "call_not_waiting", "the call does not wait for an agent any more", { state: call.state });
  const { state, events } = offer(call, ring, at);
  return {
    state: {
      ...state,
      nextDueAt: expiresAt,
      offers: state.offers.map((one, n) => {
        if (one.offerId === ring.offerId) return { ...one, expiresAt, ...(reason ? { reason } : {}) };
        return n < state.offers.length - KEPT_REASONS ? withoutReason(one) : one;
      }),
    },
    events,
  };
}

const withoutReason = ({ reason: _reason, ...offer }: Offer): Offer => offer;

export const openOffer = ({ offers }: Call, offerId: string) => offers.find((one) => one.offerId === offerId && isRinging(one));

/** Ends the open offer at this phone, or the one with this id. */
export function endOffer(
  call: Call,
  which: { readonly extension: string; readonly offerId?: string } | { readonly offerId: string },
  reason: string,
  at: number,
): Decided {
  const { offerId, extension } = which as { readonly offerId?: string; readonly extension?: string };
  // A release that gave no id to a ring has stored it under another one.
  const known = offerId !== undefined && call.offers.some((one) => one.offerId === offerId);
  const open = known ? openOffer(call, offerId) : call.offers.find((one) => one.extension === extension && isRinging(one));
  if (!open) return known ? neverConnected(call, offerId, reason, at) : nothing(call);
  const offers = call.offers.map((one) => (one === open ? { ...one, ended: reason, endedAt: at } : one));
  const rings = offers.some(isRinging);
  const back = call.state === "ringing" && !rings;
  const state: Call = { ...(back && call.routed ? without(call, ["nextDueAt"]) : call), offers, state: back ? "queued" : call.state };
  return { state, events: [offerEnded(open, MISSED.has(reason) ? reason : "cancelled", at)] };
}

/** The agent picked up and was gone before the two were connected: the caller waits on. */
function neverConnected(call: Call, offerId: string, reason: string, at: number): Decided {
  const mine = call.offers.find((one) => one.offerId === offerId && one.ended === "answered");
  const talking = isTalking(call);
  if (!mine || !talking || !call.routed || mine.employeeId !== call.employeeId) return nothing(call);
  const offers = call.offers.map((one) => (one === mine ? { ...one, ended: reason, endedAt: at } : one));
  const waits = without(endHold(call, at), ["answeredAt", "talkingSince"]);
  return {
    state: { ...waits, offers, state: "queued", outcome: "", employeeId: "" },
    events: [
      offerEnded(mine, MISSED.has(reason) ? reason : "cancelled", at),
      { type: "wrap_up_ended", at, employeeId: mine.employeeId, wrapUpMs: 0, disposition: "not_connected" },
    ],
  };
}

/**
 * The exchange shows that the caller waits and at which phones it rings: offers that no phone rings for are over, and whoever had
 * the caller has them no more. Offers younger than `before` may be on their way to the exchange.
 */
export function waitsOnExchange(call: Call, ringing: readonly string[], before: number, at: number): Decided {
  const held = ({ ended }: Offer) => ended === "" || (ended === "answered" && call.employeeId !== "");
  return endSilent(call, held, ringing, before, at);
}

/** The same of a call that somebody has: what rings, or talks, beside it is whom they ask. */
export const asksOnExchange = (call: Call, ringing: readonly string[], before: number, at: number): Decided =>
  endSilent(call, isRinging, ringing, before, at);

function endSilent(call: Call, which: (offer: Offer) => boolean, ringing: readonly string[], before: number, at: number): Decided {
  if (!call.routed) return nothing(call);
  const silent = call.offers.filter((one) => which(one) && one.at < before && !ringing.includes(one.extension));
  return silent.reduce<Decided>(({ state, events }, { offerId }) => {
    const step = endOffer(state, { offerId }, "failed", at);
    return { state: step.state, events: [...events, ...step.events] };
  }, nothing(call));
}

/** Whoever has the call asks this agent, who has picked up: the ring goes on as an offer until the caller is theirs, or it ends. */
export function consulted(call: Call, which: { readonly extension: string; readonly offerId?: string }, at: number): Decided {
  const { extension, offerId: id } = which;
  const found = call.offers.find((one) => isRinging(one) && (id === undefined ? one.extension === extension : one.offerId === id));
  if (!found || found.consultedAt !== undefined) return nothing(call);
  const { employeeId, offerId } = found;
  const offers = call.offers.map((one) => (one === found ? { ...one, consultedAt: at } : one));
  return { state: { ...call, offers }, events: [{ type: "consulted", at, employeeId, offerId }] };
}

export function offerEnded({ employeeId, offerId }: Offer, reason: string, at: number): CallEvent {
  return { type: "offer_ended", at, employeeId, offerId, reason };
}

/** Every phone stops ringing: the caller is gone, or somebody has them. */
export function cancelRings(call: Call, at: number): Decided {
  const ringing = call.offers.filter(isRinging);
  const offers = call.offers.map((one) => (isRinging(one) ? { ...one, ended: "cancelled" } : one));
  return {
    state: { ...call, offers },
    events: ringing.map((one) => offerEnded(one, "cancelled", at)),
  };
}

/** The desktop said that the pop is on its screen; the first say counts. */
export function shown(call: Call, offerId: string, employeeId: string, at: number): Decided {
  const found = call.offers.find((one) => one.offerId === offerId && one.employeeId === employeeId);
  if (!found || found.shownAfterMs !== undefined) return nothing(call);
  const ringToShownMs = Math.max(0, at - found.at);
  const offers = call.offers.map((one) => (one === found ? { ...one, shownAfterMs: ringToShownMs } : one));
  return { state: { ...call, offers }, events: [{ type: "pop_shown", at, employeeId, ringToShownMs }] };
}
