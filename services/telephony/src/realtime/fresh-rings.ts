import type { Frame } from "@trunkline/desktop-client";

/** Longest time from a pop to the moment at which its ring can be read from the store. */
const FRESH_MS = 30_000;
const OVER = new Set(["offer_ended", "ended", "finished"]);

/**
 * A pop goes out before its ring is stored, so what is in the store lacks the newest ones. Those are taken from the frames
 * that the mailbox holds: young, and not said to be over.
 * @param kept in their order
 */
export function withFreshRings(stored: readonly Frame[], kept: readonly Frame[], now: number): readonly Frame[] {
  const known = new Set(stored.map(({ key }) => key));
  const over = new Set(kept.flatMap((frame) => (frame.type === "call" && OVER.has(frame.state) ? [frame.callId] : [])));
  const fresh = kept.filter(
    (frame) => frame.type === "pop" && !known.has(frame.key) && !over.has(frame.callId) && now - frame.ringingSince < FRESH_MS,
  );
  return [...stored, ...fresh];
}
