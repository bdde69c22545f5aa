import { bounded } from "../../facts/caller.ts";
import { type Measured, tenths } from "../routed/events.ts";

/** What FreeSWITCH says in words of its own: causes, states, instants, names of lines. */

export type EslEvent = { readonly [header: string]: unknown };

/** What may stand in a command as the id of a line: nothing that ends a word, opens a list or is looked up. */
const SAFE_ID = /^[A-Za-z0-9_.:@+*#%!~=/-]{1,150}$/;

/** A header that is missing or comes several times reads as "". */
export function header(event: EslEvent, name: string): string {
  const value = event[name];
  return typeof value === "string" ? value : "";
}

export function isSafeId(id: string): boolean {
  return SAFE_ID.test(id);
}

/** Microseconds of the epoch as UTC epoch ms, 0 if unreadable. */
export function msOf(microseconds: string): number {
  return /^[0-9]{16}$/.test(microseconds) ? Math.floor(Number(microseconds) / 1000) : 0;
}

/** ITU-T Q.850; FreeSWITCH's own causes by what they mean for a line. */
const CAUSES: Readonly<Record<string, number>> = {
  UNALLOCATED_NUMBER: 1,
  NO_ROUTE_TRANSIT_NET: 2,
  NO_ROUTE_DESTINATION: 3,
  CHANNEL_UNACCEPTABLE: 6,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  NO_USER_RESPONSE: 18,
  NO_ANSWER: 19,
  SUBSCRIBER_ABSENT: 20,
  CALL_REJECTED: 21,
  NUMBER_CHANGED: 22,
  DESTINATION_OUT_OF_ORDER: 27,
  INVALID_NUMBER_FORMAT: 28,
  NORMAL_UNSPECIFIED: 31,
  NORMAL_CIRCUIT_CONGESTION: 34,
  NETWORK_OUT_OF_ORDER: 38,
  NORMAL_TEMPORARY_FAILURE: 41,
  SWITCH_CONGESTION: 42,
  CHAN_NOT_IMPLEMENTED: 66,
  RECOVERY_ON_TIMER_EXPIRE: 102,
  USER_NOT_REGISTERED: 20,
  GATEWAY_DOWN: 27,
  PROGRESS_TIMEOUT: 18,
  ALLOTTED_TIMEOUT: 19,
  BUSY_EVERYWHERE: 17,
  DECLINE: 21,
  REJECT_ALL: 21,
  ORIGINATOR_CANCEL: 16,
  LOSE_RACE: 16,
  PICKED_OFF: 16,
  BLIND_TRANSFER: 16,
  ATTENDED_TRANSFER: 16,
};

/** @param q850 FreeSWITCH's own translation, which knows nothing of its own causes */
export function causeOf(name: string, q850 = ""): number {
  const known = Object.hasOwn(CAUSES, name) ? CAUSES[name] : undefined;
  return known ?? (/^[0-9]{1,3}$/.test(q850) ? Number(q850) : 0);
}

/** @returns Down, Ringing or Up */
export function stateOf(event: EslEvent): string {
  if (header(event, "Answer-State") === "answered") return "Up";
  const state = header(event, "Channel-Call-State");
  if (state === "ACTIVE" || state === "HELD" || state === "UNHELD") return "Up";
  return state === "RINGING" || state === "EARLY" ? "Ringing" : "Down";
}

/** The user in "sofia/internal/1002@10.0.0.5:5060" and "user/1002". */
export function userOf(line: string): string {
  return bounded(/\/([^/@]+)(?:@[^/]*)?$/.exec(line)?.[1] ?? "");
}

/** Where a line was sent to by somebody else: the 1002 in "1700000000:<uuid>:bl_xfer:1002/default/XML"; what we order is inline. */
export function transferTarget(source: string): string | undefined {
  const [, to = "", dialplan = ""] = /:bl_xfer:([^/]*)\/[^/]*\/(.*)$/.exec(source) ?? [];
  return to === "" || dialplan === "inline" ? undefined : bounded(to);
}

/** The level of attestation, or "failed", as `sofia_stir_shaken_vs` leaves it in "TN-Validation-Passed-A"; "" where no level is told. */
export function attestationOf(event: EslEvent): string {
  const said = header(event, "variable_sip_verstat_detailed") || header(event, "variable_sip_verstat");
  if (said.startsWith("TN-Validation-Failed")) return "failed";
  return /^TN-Validation-Passed-([ABC])$/.exec(said)?.[1] ?? "";
}

/** What FreeSWITCH measured of a line, once it is over; undefined where it measured nothing. */
export function measuredOf(event: EslEvent): Measured | undefined {
  const number = (name: string) => {
    const value = header(event, `variable_rtp_audio_in_${name}`);
    return /^[0-9]{1,9}(\.[0-9]{1,4})?$/.test(value) ? Number(value) : 0;
  };
  const [mos, received, lost] = [number("mos"), number("packet_count"), number("skip_packet_count")];
  if (mos < 1 || mos > 5 || received === 0) return undefined;
  return { mos: tenths(mos), lossPercent: tenths((100 * lost) / (received + lost)) };
}
