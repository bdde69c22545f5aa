import { serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type ContactPermission, optOut } from "../domain/contact-permission.ts";
import { isOptOut } from "../domain/opt-out-keyword.ts";

type Needed = Pick<Context, "messages" | "permissions" | "hashAddress" | "now" | "log">;

/** Whom a number belongs to is looked up in so many of the latest messages to it, and no further back than that. */
const LOOK_BACK = 200;
const LOOK_BACK_MS = 30 * 86_400_000;
const CLOSES = ["marketing", "survey"] as const;

/**
 * A person's SMS. A keyword ends marketing and surveys by SMS for everybody whom we reached under this number, of every tenant: tenants may
 * share the number that the person answered, and who shares a telephone shares its refusal. All else is not ours to read.
 * @param number E.164
 * @param texts every way in which the reply can be read
 */
export async function takeReply(
  { messages, permissions, hashAddress, now, log }: Needed,
  keywords: readonly string[],
  number: string,
  texts: readonly string[],
): Promise<void> {
  if (!texts.some((text) => isOptOut(text, keywords))) return;
  const earlier = (await messages.byRecipient(hashAddress(number), now() - LOOK_BACK_MS, LOOK_BACK)).filter(
    ({ state }) => state.attempts > 0,
  );
  if (earlier.length === 0) return log.warn({}, "an opt-out came from a number to which nothing was sent");
  const people = new Map(earlier.map(({ tenant, state: { customerId } }) => [`${tenant}/${customerId}`, { tenant, customerId }]));
  for (const { tenant, customerId } of people.values())
    await permissions.change(serviceScope("marketing", tenant, customerId), customerId, (permission) => refusal(permission, now()));
  log.info({ people: people.size }, "opted out by keyword");
}

function refusal(permission: ContactPermission, at: number): ReturnType<typeof optOut> {
  let [state, events] = [permission, [] as ReturnType<typeof optOut>["events"]];
  for (const purpose of CLOSES) {
    const step = optOut(state, { channel: "sms", purpose, proof: "keyword", at });
    [state, events] = [step.state, [...events, ...step.events]];
  }
  return { state, events };
}
