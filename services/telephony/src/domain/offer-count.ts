/**
 * What an offer that ended counts as, in an agent's session and in the figures alike: a non-response of the agent, who was offered the call and
 * did not take it; a phone that could not be reached, which is nothing that the agent did; or nothing, for the caller or the exchange ended it.
 */
export type OfferCount = "" | "non_response" | "unreachable";

const COUNTS: Readonly<Record<string, OfferCount>> = {
  no_answer: "non_response",
  rejected: "non_response",
  busy: "non_response",
  unavailable: "unreachable",
};

/** @param reason as in the event offer_ended */
export const offerCount = (reason: string): OfferCount => COUNTS[reason] ?? "";
