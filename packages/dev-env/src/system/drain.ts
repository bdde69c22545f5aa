import { backOff } from "@trunkline/runtime";

const POLL_MS = 40;

/**
 * Waits until nothing is on its way: every outbox empty, every consumer at the end of what it reads, twice in a row.
 * @throws Error that names what was still waiting after the deadline
 */
export async function drain(waiting: () => Promise<readonly string[]>, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (let quiet = 0; quiet < 2; ) {
    const left = await waiting();
    quiet = left.length === 0 ? quiet + 1 : 0;
    if (left.length > 0 && performance.now() > deadline)
      throw new Error(`still on its way after ${deadlineMs / 1000} s: ${left.join(", ")}`);
    await backOff(1, POLL_MS, POLL_MS);
  }
}
