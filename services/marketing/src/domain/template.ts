import { DomainError } from "@trunkline/errors";
import type { SendChannel } from "./contact.ts";

/** One version of a template; versions never change. */
export type Template = {
  readonly templateId: string;
  readonly channel: SendChannel;
  /** E-mail only. Liquid, as the body. */
  readonly subject: string;
  /** Text for SMS, HTML for e-mail. */
  readonly body: string;
  readonly version: number;
};

/** What a template can say of the recipient without being given it. */
export const OWN_VARIABLES: readonly string[] = ["customer.name"];

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
    `the template needs the variable ${missing}: give it, or take it out of the template`,
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
