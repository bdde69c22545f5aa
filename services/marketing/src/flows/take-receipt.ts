import { DomainError } from "@trunkline/errors";
import { serviceScope } from "@trunkline/runtime";
import type { Receipt } from "../connectors/smpp-text.ts";
import type { Context } from "../context.ts";
import { recordReceipt } from "../domain/message-outcome.ts";

type Place = { readonly tenant: string; readonly id: string };

/** Remembers which message the provider knows by which id, and matches receipts with it. */
export type Receipts = {
  /** Told at the provider's answer, before that is stored: a receipt may be faster than our write. */
  expect(providerId: string, place: Place): void;
  /**
   * Stores what a receipt says. One that matches nothing yet may belong to a submit of another instance whose note is
   * still being written: the centre is asked to bring it again, a few times.
   * @throws DomainError not_found receipt_unmatched
   */
  take(receipt: Receipt): Promise<void>;
};

const EXPECTED = 20_000;
const UNMATCHED = 1_000;
const TRIES = 5;

export function createReceipts({ messages, now, log }: Pick<Context, "messages" | "now" | "log">): Receipts {
  const expected = new Map<string, Place>();
  const unmatched = new Map<string, number>();
  const placeOf = async (providerId: string): Promise<Place | undefined> => {
    const known = expected.get(providerId);
    if (known || providerId === "") return known;
    const found = await messages.byProviderId(providerId);
    return found && { tenant: found.tenant, id: found.state.id };
  };
  return {
    expect(providerId, place) {
      if (expected.size >= EXPECTED) expected.delete(expected.keys().next().value as string);
      expected.set(providerId, place);
    },
    async take({ providerId, outcome, reason }) {
      const place = await placeOf(providerId);
      if (!place) return miss(providerId);
      const { tenant, id } = place;
      const receipt = { provider: "smpp", providerId, delivered: outcome === "delivered", reason, at: now() };
      await messages.update(serviceScope("marketing", tenant, id), id, (message) => recordReceipt(message, receipt));
      expected.delete(providerId);
    },
  };

  function miss(providerId: string): void {
    const tries = (unmatched.get(providerId) ?? 0) + 1;
    if (tries >= TRIES) {
      unmatched.delete(providerId);
      // Of a submit whose answer we never saw; its message has been sent again under another id, or given up.
      log.warn({ providerId }, "a receipt matches no message; it is let go");
      return;
    }
    if (unmatched.size >= UNMATCHED) unmatched.delete(unmatched.keys().next().value as string);
    unmatched.set(providerId, tries);
    throw new DomainError("not_found", "receipt_unmatched", "no message waits for this receipt");
  }
}
