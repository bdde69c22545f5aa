import { serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { optOut } from "../domain/contact-permission.ts";
import { isOptOut } from "../domain/opt-out-keyword.ts";

type Needed = Pick<Context, "messages" | "permissions" | "hashAddress" | "now" | "log">;

/** Messages looked back upon for whom a number belongs to. */
const LOOK_BACK = 20;
const CLOSES = ["marketing", "survey"] as const;

/**
 * A person's SMS. A keyword ends marketing and surveys by SMS for everybody whom the tenant of our last message reached
 * under this number: who shares a telephone shares its refusal. All else is not ours to read.
 * @param number E.164
 */
export async function takeReply(
  { messages, permissions, hashAddress, now, log }: Needed,
  keywords: readonly string[],
  number: string,
  text: string,
): Promise<void> {
  if (!isOptOut(text, keywords)) return;
  const earlier = await messages.byRecipient(hashAddress(number), LOOK_BACK);
  const tenant = earlier[0]?.tenant;
  if (tenant === undefined) return log.warn({}, "an opt-out came from a number to which nothing was sent");
  const people = new Set(earlier.filter((found) => found.tenant === tenant).map(({ state }) => state.customerId));
  for (const customerId of people) {
    await permissions.change(serviceScope("marketing", tenant, customerId), customerId, (permission) => {
      const steps = CLOSES.reduce(
        ({ state, events }, purpose) => {
          const step = optOut(state, { channel: "sms", purpose, proof: "keyword", at: now() });
          return { state: step.state, events: [...events, ...step.events] };
        },
        { state: permission, events: [] as ReturnType<typeof optOut>["events"] },
      );
      return steps;
    });
  }
  log.info({ tenant, people: people.size }, "opted out by keyword");
}
