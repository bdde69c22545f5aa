import { DomainError } from "@trunkline/errors";

/** What an action carries beside its name; an array is sent as a repeated key (Variable). */
export type AmiAction = {
  readonly Action: string;
  readonly [key: string]: string | number | readonly string[];
};

const KEY = /^[A-Za-z0-9_-]{1,64}$/;
// These are the characters that would end a line, and so begin a key of the sender\'s choice.
const BREAKS_LINE = /[\r\n\0]/;
const MAX_VALUE = 4096;

function line(key: string, value: string): string {
  if (!KEY.test(key)) {
    throw new DomainError("invalid", "pbx_action_key_invalid", "a key of a PBX action has characters other than A-Z a-z 0-9 _ -");
  }
  if (BREAKS_LINE.test(value)) {
    throw new DomainError("invalid", "pbx_action_line_break", `the value of ${key} has a line break or NUL: remove it`);
  }
  if (value.length > MAX_VALUE) {
    throw new DomainError("invalid", "pbx_action_too_long", `the value of ${key} exceeds ${MAX_VALUE} characters: shorten it`);
  }
  return `${key}: ${value}\r\n`;
}

/**
 * The bytes of one action, the Action line first.
 * @throws DomainError invalid, when a key or value would break out of its line
 */
export function encodeAction(action: AmiAction): Buffer {
  let text = line("Action", action.Action);
  for (const [key, value] of Object.entries(action)) {
    if (key === "Action") continue;
    for (const one of Array.isArray(value) ? value : [value]) text += line(key, String(one));
  }
  return Buffer.from(`${text}\r\n`);
}
