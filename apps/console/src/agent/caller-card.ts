import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { CallerCard } from "@trunkline/desktop-client";
import type { CallerMatch } from "@trunkline/proto/customer";

export const instant = (at: Timestamp | undefined): number => (at ? timestampMs(at) : 0);

/** What the customer service says of a number, in the shape in which a pop has it. */
export function fromMatch({ customer, openRequests, lastContacts, assets, assetCount, reasons }: CallerMatch): CallerCard[] {
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
