import { backOff } from "./deadline.ts";

const POLL_MS = 50;

/** Looks until there is something, for at most `waitMs`: what was written elsewhere just now arrives over a topic. */
export async function eventually<T>(find: () => Promise<T | undefined>, waitMs: number): Promise<T | undefined> {
  for (let waited = 0; ; waited += POLL_MS) {
    const found = await find();
    if (found !== undefined || waited >= waitMs) return found;
    await backOff(1, POLL_MS, POLL_MS);
  }
}
