import { isWithheld, subscriberOf } from "@trunkline/phone-number";
import { type Caller, type CallerFlag, type CallKey, MAX_TEXT, type OfferEndReason } from "../../facts/facts.ts";
import { type AmiFrame, field } from "./frame.ts";

const MAX_ID = 128;
const LAST_DIGITS = /[0-9]{2,}$/;
const PLAIN_ID = /^[\w.:-]{1,128}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/g;
/** The common case, tested without building anything. */
const PRINTABLE = /^[ -~]*$/;
const TELEPHONE_NUMBER = /^\+?[0-9*#][0-9*# ().-]*$/;
const NO_FLAGS: readonly CallerFlag[] = [];

/** Control characters and broken text out, at most 64 characters, never half of a surrogate pair. */
export function bounded(text: string, max = MAX_TEXT): string {
  if (text.length <= max && PRINTABLE.test(text)) return text;
  // Half of a surrogate pair becomes U+FFFD, which goes with the rest of what is broken; also where the cut makes one.
  const clean = text.toWellFormed().replace(UNPRINTABLE, "");
  return clean.length <= max ? clean : clean.slice(0, max).toWellFormed().replace(UNPRINTABLE, "");
}

/** The caller as a channel's keys tell it; `prefix` is "" or "Transferee" and the like. */
export function callerOf(frame: AmiFrame): Caller {
  const number = field(frame, "CallerIDNum");
  const name = field(frame, "CallerIDName");
  const dialedNumber = bounded(field(frame, "Exten"));
  // The number stands at the end of a long address.
  const callerNumber = bounded(number.length > MAX_TEXT ? subscriberOf(number) : number).trim();
  const callerName = name === "<unknown>" ? "" : bounded(name).trim();
  const flags: CallerFlag[] = [];
  const withheld = isWithheld(number);
  if (withheld) flags.push("withheld");
  else if (!TELEPHONE_NUMBER.test(callerNumber)) flags.push("not_a_number");
  if (number.search(UNPRINTABLE) >= 0 || name.search(UNPRINTABLE) >= 0) flags.push("cleaned");
  if (number.length > MAX_TEXT || name.length > MAX_TEXT) flags.push("cut");
  return {
    callerNumber: withheld ? "" : callerNumber,
    callerName,
    callerFlags: flags.length === 0 ? NO_FLAGS : flags,
    dialedNumber,
  };
}

/** The usual kind is taken as it is; what somebody made up (a channel id of a dialer) is bounded. */
export function linkedidFrom(text: string): string {
  return PLAIN_ID.test(text) ? text : bounded(text, MAX_ID);
}

/** A Linkedid is "[system-]seconds.counter": the seconds are when the first channel of the call was made. */
export function callKeyOf(linkedid: string): CallKey {
  const seconds = /(?:^|-)([0-9]{9,11})\.[0-9]+$/.exec(linkedid)?.[1];
  return { startedAt: seconds === undefined ? 0 : Number(seconds) * 1000, linkedid: linkedidFrom(linkedid) };
}

/** The event's own time, where the exchange stamps its events (`timestampevents`), else the receipt. UTC epoch ms. */
export function timeOf(frame: AmiFrame, receivedAt: number): number {
  const seconds = Number(field(frame, "Timestamp") || Number.NaN);
  return seconds > 0 && seconds < 1e11 ? Math.round(seconds * 1000) : receivedAt;
}

/** What makes a channel of a device: "-0000002a", and where channels are numbered ("IAX2/1001-5234", "DAHDI/32-1") that number. */
function withoutChannel(tech: string, resource: string): string {
  const counted = NUMBERED.has(tech.toUpperCase()) ? /^(.*[0-9])-[0-9a-f]+$/.exec(resource)?.[1] : undefined;
  return counted ?? resource.replace(/-[0-9a-f]{8}$/, "");
}

const NUMBERED = new Set(["IAX2", "DAHDI", "ZAP"]);
/** "DAHDI/i1/32", "DAHDI/g2/32": a span or a group of lines, then what is dialled there. */
const GROUP = /^[girGR][0-9]+[a-z]?$/;

/**
 * The extension in "Agent/1001", "PJSIP/agent1001", "SIP/1001-000000af", "Local/1001@agents/n", "PJSIP/1001/sip:1001@10.0.0.9": the digits at the
 * end of the resource, else the whole resource. What follows an @ is where, and not who.
 */
export function extensionOf(address: string): string {
  const [tech = "", first, second] = address.replace(/^AsyncGoto\//, "").split("/");
  const part = first === undefined ? tech : second !== undefined && GROUP.test(first) && NUMBERED.has(tech.toUpperCase()) ? second : first;
  const resource = withoutChannel(first === undefined ? "" : tech, part.split("@")[0] ?? "");
  return bounded(LAST_DIGITS.exec(resource)?.[0] ?? resource);
}

/** A member's name, which may be an address too, usually says the extension best; a name without digits (a person's) does not. */
export function memberExtension(memberName: string, memberInterface: string): string {
  const named = memberName.includes("/") ? extensionOf(memberName) : (memberName.split("@")[0] ?? "");
  const digits = LAST_DIGITS.exec(named)?.[0];
  return digits !== undefined && digits.length <= MAX_TEXT ? digits : extensionOf(memberInterface);
}

const BUSY = 17;
const REJECTED = 21;
/** No route, no response, absent, destination out of order, no circuit, network out of order, temporary failure, congestion, timer. */
const UNREACHABLE = new Set([3, 18, 20, 27, 34, 38, 41, 42, 102]);

/**
 * Why a phone stopped ringing, by the end of its channel.
 * @param cause ITU-T Q.850
 * @param rang false: the phone never said that it rings
 * @param unanswered the exchange gave up ringing, not the caller
 */
export function offerEndOfHangup(cause: number, rang: boolean, unanswered: boolean): OfferEndReason {
  if (cause === BUSY) return "busy";
  if (cause === REJECTED) return "rejected";
  if (UNREACHABLE.has(cause) || (unanswered && !rang)) return "unavailable";
  return unanswered ? "no_answer" : "cancelled";
}
