import type { Logger } from "@trunkline/runtime";

/** How an exchange's clock goes beside ours. */
export type ExchangeClock = {
  /** Asks for its time, UTC epoch ms. Without an answer, or with a late one, what was known before holds. Never throws. */
  check(ask: () => Promise<number>): Promise<void>;
  /** An instant that the exchange has stamped, as one of ours. */
  ours(at: number): number;
};

/** So much two machines that are kept in time may differ; by less, nothing is corrected. */
const TOLERATED_MS = 2_000;

/**
 * Limits of offers and of after-call work go by our clock: at an exchange that is a minute behind, after-call work would be over before it began.
 * Which time it is there is asked, not guessed from its events: those come late when we are busy.
 * @param now UTC epoch ms
 */
export function exchangeClock(now: () => number, log: Pick<Logger, "warn" | "info">): ExchangeClock {
  let ahead = 0;
  return {
    async check(ask) {
      const sent = now();
      const theirs = await ask().catch(() => 0);
      // When it was given nobody knows: at any moment of the way there and back.
      const unsure = (now() - sent) / 2;
      const measured = Math.round(theirs - (sent + unsure));
      if (!(theirs > 0) || unsure < 0 || unsure > Math.max(TOLERATED_MS, Math.abs(measured) / 4)) return;
      const before = ahead;
      ahead = Math.abs(measured) > TOLERATED_MS ? measured : 0;
      if (Math.abs(ahead - before) <= TOLERATED_MS) return;
      if (ahead === 0) log.info({}, "the PBX's clock is right again");
      else log.warn({ aheadMs: ahead }, "the PBX's clock is wrong: its times are corrected; let it be kept in time (NTP)");
    },
    ours: (at) => at - ahead,
  };
}
