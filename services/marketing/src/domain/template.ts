import { DomainError } from "@trunkline/errors";
import type { Purpose, SendChannel } from "./contact.ts";

/** One version of a template; versions never change. */
export type Template = {
  readonly templateId: string;
  readonly channel: SendChannel;
  /** Decides which rules hold for what is sent with it. */
  readonly purpose: Purpose;
  /** E-mail only. Liquid, as the body. */
  readonly subject: string;
  /** Text for SMS, HTML for e-mail. */
  readonly body: string;
  readonly version: number;
};

/** What a template can say of the recipient without being given it. */
const OWN_VARIABLES: readonly string[] = ["customer.name"];

/**
 * Refuses before the first send what would fail at every one.
 * @param needed full paths of the variables that the template names
 * @throws DomainError invalid template_variable_missing
 */
export function checkVariables(needed: readonly string[], given: readonly string[]): void {
  const missing = needed.find((path) => !OWN_VARIABLES.includes(path) && !given.includes(path));
  if (missing === undefined) return;
  throw new DomainError(
    "invalid",
    "template_variable_missing",
    `the template needs the variable ${missing}: give it with the message, or take it out of the template (a batch knows ${OWN_VARIABLES.join(", ")} only)`,
    { variable: missing },
  );
}

/** @throws DomainError rule_violated template_channel_differs */
export function checkChannel(template: Pick<Template, "channel">, channel: SendChannel): void {
  if (template.channel === channel) return;
  throw new DomainError(
    "rule_violated",
    "template_channel_differs",
    `this template is for ${template.channel}: choose one for ${channel}`,
    { channel: template.channel },
  );
}

/**
 * @param named by the caller, if it did
 * @throws DomainError rule_violated template_purpose_differs
 */
export function checkPurpose({ purpose }: Pick<Template, "purpose">, named: Purpose | undefined): void {
  if (named === undefined || named === purpose) return;
  throw new DomainError("rule_violated", "template_purpose_differs", `this template is for ${purpose}: choose one for ${named}`, {
    purpose,
  });
}

/** @throws DomainError forbidden template_purpose_reserved when somebody who may only advertise touches what skips consents or quiet hours */
export function checkReserved(before: Purpose, after: Purpose, mayChoose: boolean): void {
  if (mayChoose || (before === "marketing" && after === "marketing")) return;
  throw new DomainError(
    "forbidden",
    "template_purpose_reserved",
    "templates of service messages and surveys need the permission template.purpose: ask an administrator, or write one for marketing",
    { permission: TEMPLATE_PURPOSE },
  );
}

export const TEMPLATE_PURPOSE = "template.purpose";
