import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { CallerCard } from "@trunkline/desktop-client";
import type { CallerMatch } from "@trunkline/proto/customer";

export const instant = (at: Timestamp | undefined): number => (at ? timestampMs(at) : 0);

/** What the customer service says of a number, in the shape in which a pop has it. */
function fromMatch({ customer, openRequests, lastContacts, assets, assetCount, reasons }: CallerMatch): CallerCard[] {
  if (!customer) return [];
  const { customerId, name, grade, alerts } = customer;
  return [
    {
      customerId,
      name,
      grade,
      alerts,
      reasons,
      openRequests: openRequests.map(({ requestId, type, priority, openedAt }) => ({
        requestId,
        type,
        priority,
        openedAt: instant(openedAt),
      })),
      lastContacts: lastContacts.map(({ kind, state, at }) => ({ kind, state, at: instant(at) })),
      assets,
      assetCount,
    },
  ];
}

/** A hit of a search says more than a pop, so that two of one name can be told apart. */
export type FoundCard = CallerCard & { readonly phones?: readonly string[]; readonly region?: string };

export const foundMatch = (match: CallerMatch): FoundCard[] =>
  fromMatch(match).map((card) => ({ ...card, phones: match.customer?.phones ?? [], region: match.customer?.regionCode ?? "" }));

/** Who has open requests, then who is marked, then by grade; among equals as they came. */
export function bestFirst(cards: readonly FoundCard[]): FoundCard[] {
  const rank = ({ openRequests, alerts, grade }: FoundCard) =>
    [openRequests.length > 0 ? 0 : 1, alerts.length > 0 ? 0 : 1, grade || "Z"].join();
  return cards.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
