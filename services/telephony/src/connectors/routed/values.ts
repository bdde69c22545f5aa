import { hash } from "node:crypto";
import { DomainError } from "@trunkline/errors";
import type { CallKey } from "../../domain/line.ts";
import { callKeyOf, linkedidFrom } from "../../facts/call-keys.ts";
import { bounded, callerOf } from "../../facts/caller.ts";
import type { Caller, CallerVerdict } from "../../facts/facts.ts";
import { isNumber } from "../pbx/checked.ts";
import type { RoutedChannel } from "./events.ts";

/**
 * What our own channels are for: "a" the phone of an agent to whom a caller is offered, "t" the target of a blind transfer, "c" of a
 * consultation, "o" the agent who calls out.
 */
export type LegRole = "a" | "t" | "c" | "o";

/** What a channel id that we chose says, so that whoever takes over can read it from the PBX. */
export type LegId = { readonly role: LegRole; readonly ref: string; readonly extension: string; readonly id: string };

const REF = 16;
const LEG = /^tl-([atco])\.([\w-]{16})\.([A-Za-z0-9+*#]{1,32})\.([\w.:-]{1,64})$/;
const ENDPOINT = /^[A-Za-z0-9]+\/[A-Za-z0-9_.@:/{}+*#-]{1,200}$/;
const NOT_IN_A_NAME = /["\\<>]/g;

/** Short name of a call, by the id of the channel that it is about: stands in the ids of its other channels and of its bridge. */
export function refOf(linkedid: string): string {
  return hash("sha256", linkedidFrom(linkedid), "base64url").slice(0, REF);
}

export function legChannel({ role, ref, extension, id }: LegId): string {
  return `tl-${role}.${ref}.${extension}.${id}`;
}

export function legOf(channel: string): LegId | undefined {
  const found = LEG.exec(channel);
  if (found === null) return undefined;
  const [, role = "a", ref = "", extension = "", id = ""] = found;
  return { role: role as LegRole, ref, extension, id };
}

/** A supervisor's phone, and the exchange's copy of what is said; of one listening they have the same end. */
export type Listener = { readonly part: "phone" | "copy"; readonly ref: string; readonly extension: string };

export function listenerChannel({ part, ref, extension }: Listener): string {
  return `tl-${part === "phone" ? "l" : "s"}.${ref}.${extension}`;
}

export function listenerOf(channel: string): Listener | undefined {
  const [, part, ref = "", extension = ""] = /^tl-([ls])\.([\w-]{16})\.([A-Za-z0-9+*#]{1,32})$/.exec(channel) ?? [];
  return part === undefined ? undefined : { part: part === "l" ? "phone" : "copy", ref, extension };
}

export function listenerBridge({ ref, extension }: Pick<Listener, "ref" | "extension">): string {
  return `tl-h.${ref}.${extension}`;
}

export function bridgeOf(ref: string): string {
  return `tl-b.${ref}`;
}

export function refOfBridge(bridge: string): string | undefined {
  return /^tl-b\.([\w-]{16})$/.exec(bridge)?.[1];
}

/** The seconds in the channel's id, as the manager port gives them for the same call; where there are none, when the channel was made. */
export function keyOf(channel: Pick<RoutedChannel, "id" | "createdAt">): CallKey {
  const { startedAt, linkedid } = callKeyOf(channel.id);
  return { startedAt: startedAt === 0 ? channel.createdAt : startedAt, linkedid };
}

export function callerOfChannel({ number, callerName, exten }: RoutedChannel): Caller {
  return callerOf(number, callerName, exten);
}

export function queueOf(args: readonly string[], exten: string): string {
  return bounded(args[0] || exten);
}

const VERDICTS: Readonly<Record<string, CallerVerdict>> = { A: "full", B: "partial", C: "gateway", failed: "failed" };

/** The application's second argument: the level of attestation (A, B, C) or that the signature failed, as the dial plan found it. */
export function verdictOf(arg: string | undefined): { callerVerdict?: CallerVerdict } {
  const callerVerdict = arg === undefined || !Object.hasOwn(VERDICTS, arg) ? undefined : VERDICTS[arg];
  return callerVerdict === undefined ? {} : { callerVerdict };
}

export function endpointInvalid(what: string): DomainError {
  return new DomainError(
    "invalid",
    "pbx_endpoint_invalid",
    `an endpoint template is technology/resource with ${what} in it: check the settings`,
  );
}

/** "PJSIP/agent{extension}" with the value in its place. The value has been checked; the template is the administrator's. */
export function endpointOf(template: string, placeholder: "{extension}" | "{number}", value: string): string {
  if (ENDPOINT.test(template) && template.includes(placeholder)) return template.replaceAll(placeholder, value);
  throw endpointInvalid(placeholder);
}

/** What the agent's phone shows, `"name" <number>`; nothing in it can end the quotes or the line. */
export function callerIdOf({ callerNumber, callerName }: Pick<Caller, "callerNumber" | "callerName">): string {
  const name = bounded(callerName).replace(NOT_IN_A_NAME, "").trim();
  const number = isNumber(callerNumber) ? callerNumber : callerNumber.replace(/[^0-9+*#]/g, "").slice(0, 32);
  return `"${name}" <${number === "" ? "anonymous" : number}>`;
}
