import { bounded } from "../../facts/caller.ts";
import { MAX_TEXT, type OfferEndReason } from "../../facts/facts.ts";

/** Whose phone a line is, by the exchange's name of it, and why it stopped ringing, by the cause of its end. */

const LAST_DIGITS = /[0-9]{2,}$/;

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
