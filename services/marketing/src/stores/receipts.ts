import { DomainError, toDomainError } from "@trunkline/errors";
import { type Clock, type Logger, serviceScope } from "@trunkline/runtime";
import type { Receipt } from "../domain/message-outcome.ts";
import { recordReceipt } from "../domain/message-outcome.ts";
import { providerKeys, receiptKeys } from "../domain/provider-id.ts";
import type { MessageStore } from "./message-store.ts";

type Place = { readonly tenant: string; readonly id: string };

/** Remembers which message the provider knows by which id, and matches receipts with it. */
export type Receipts = {
  /** Told at the provider's answer, before that is stored: a receipt may be faster than our write, and faster than the answer. */
  expect(providerId: string, place: Place): void;
  /**
   * Stores what a receipt says. One that matches nothing yet may have overtaken the answer to its submit, or belong to another instance
   * whose note is still being written: it is kept here for a while, and the centre is asked to bring it again, a few times.
   * @throws DomainError not_found receipt_unmatched
   */
  take(receipt: Receipt): Promise<void>;
};

const EXPECTED = 20_000;
const UNMATCHED = 1_000;
const TRIES = 5;

type Parts = {
  readonly messages: MessageStore;
  /** From queueing to expiry, milliseconds. */
  readonly validityMs: number;
  readonly now: Clock;
  readonly log: Logger;
};

export function createReceipts({ messages, now, log, validityMs }: Parts): Receipts {
  const expected = boundedMap<Place>(EXPECTED);
  const unmatched = boundedMap<number>(UNMATCHED);
  const early = boundedMap<Receipt>(UNMATCHED);
  const expectedOf = (providerId: string) => firstOf(receiptKeys(providerId), expected);
  const store = async ({ providerId, outcome, reason }: Receipt, { tenant, id }: Place) => {
    const receipt = { provider: "smpp", providerId, delivered: outcome === "delivered", reason, at: now() };
    await messages.update(serviceScope("marketing", tenant, id), id, (message) => recordReceipt(message, receipt));
    for (const key of receiptKeys(providerId)) {
      expected.delete(key);
      early.delete(key);
    }
    unmatched.delete(providerId);
  };
  // A message goes out until its validity ends, and the network tries about as long again.
  const stored = async (providerId: string): Promise<Place | undefined> => {
    const found = await messages.byProviderId(providerId, now() - 2 * validityMs);
    return found && { tenant: found.tenant, id: found.state.id };
  };
  return {
    expect(providerId, place) {
      const keys = providerKeys(providerId);
      for (const key of keys) expected.set(key, place);
      const receipt = firstOf(keys, early);
      if (receipt)
        void store(receipt, place).catch((error: unknown) =>
          log.warn({ code: toDomainError(error).code }, "an early receipt could not be stored; it comes again"),
        );
    },
    async take(receipt) {
      const { providerId } = receipt;
      const place = expectedOf(providerId) ?? (await stored(providerId)) ?? expectedOf(providerId);
      if (place) await store(receipt, place);
      else miss(receipt);
    },
  };

  function miss(receipt: Receipt): void {
    const { providerId } = receipt;
    const keys = receiptKeys(providerId);
    const tries = (unmatched.get(providerId) ?? 0) + 1;
    if (tries >= TRIES) {
      unmatched.delete(providerId);
      for (const key of keys) early.delete(key);
      // Of a submit whose answer we never saw; its message has been sent again under another id, or given up.
      log.warn({ providerId }, "a receipt matches no message; it is let go");
      return;
    }
    unmatched.set(providerId, tries);
    for (const key of keys) early.set(key, receipt);
    throw new DomainError("not_found", "receipt_unmatched", "no message waits for this receipt");
  }
}

/** The oldest goes when it is full. */
function boundedMap<V>(most: number): Map<string, V> {
  return new (class extends Map<string, V> {
    override set(key: string, value: V): this {
      if (!this.has(key) && this.size >= most) this.delete(this.keys().next().value as string);
      return super.set(key, value);
    }
  })();
}

function firstOf<V>(keys: readonly string[], map: ReadonlyMap<string, V>): V | undefined {
  for (const key of keys) {
    const found = map.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}
