import { DomainError } from "@trunkline/errors";

/** The promise, or `deadline_exceeded` after `ms`. The work itself goes on: give it a signal where it can be stopped. */
export async function withDeadline<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DomainError("deadline_exceeded", "deadline_exceeded", `${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits before try number `attempt` (from 1): doubling from `baseMs` up to `maxMs`, with jitter; ends early on abort. */
export async function backOff(attempt: number, baseMs: number, maxMs: number, signal?: AbortSignal): Promise<void> {
  const ms = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 16)) * (0.5 + Math.random() / 2);
  await pause(ms, signal);
}

/** Waits so long, or until it is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
