import { setTimeout as delay } from "node:timers/promises";
import { isDomainError } from "@trunkline/errors";

/** A minute of 100 ms pauses: longer than any service may be away. */
const TRIES = 600;
const PASSING = new Set(["unavailable", "deadline_exceeded", "internal", "cancelled", "conflict"]);

/** Calls again, under the same request_id, until it is answered, as a careful client does. */
export async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isDomainError(error) || !PASSING.has(error.kind) || attempt === TRIES) throw error;
      await delay(100);
    }
  }
}
