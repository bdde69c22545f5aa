import { newId, serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { withNumber } from "../domain/request.ts";

const BATCH = 100;

/**
 * Claims a number for people for every request without one, in the order of their opening. The claim is a row that points
 * at the request, so a crash between the claim and the request's own write is made good by the next sweep.
 * @returns how many were numbered
 */
export async function numberRequests({
  requests,
  numbers,
  now,
  log,
}: Pick<Context, "requests" | "numbers" | "now" | "log">): Promise<number> {
  let numbered = 0;
  for (const { tenant, state } of await requests.unnumbered(now(), BATCH)) {
    try {
      const number = await numbers.claim(tenant, state.id, String(state.year));
      await requests.update(serviceScope("service-desk", tenant, newId(now())), state.id, (request) => withNumber(request, number));
      numbered += 1;
    } catch (error) {
      log.warn({ err: error, requestId: state.id }, "a request could not be numbered; the next sweep tries again");
    }
  }
  return numbered;
}
