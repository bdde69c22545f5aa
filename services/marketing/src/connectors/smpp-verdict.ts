/** Whom the centre's answer to a submit is about. */
export type SmppVerdict =
  | { readonly about: "sent" }
  /** Slower, or full: for every message, for a moment. */
  | { readonly about: "pace" }
  /** Our connection, log-in or account. */
  | { readonly about: "session" }
  /** The sender's address, or this message: never, or another time. */
  | { readonly about: "message"; readonly retryable: boolean }
  /** The number leads nowhere. */
  | { readonly about: "recipient" };

/** command_status of SMPP 3.4 table 5-2 and SMPP 5.0 table 4-45. */
const SENT = 0x00;
const INVALID_DESTINATION = 0x0b;
/** Queue full, throttled. */
const PACE = new Set([0x14, 0x58]);
/**
 * Command length or id, bind status, already bound, bind failed, password, system id, system type; service type not authorised,
 * operation prohibited, service denied.
 */
const SESSION = new Set([0x02, 0x03, 0x04, 0x05, 0x0d, 0x0e, 0x0f, 0x53, 0x100, 0x101, 0x103]);
/**
 * About what we wrote, which is the same the next time: message length, priority, registered delivery, source address, number and flag of
 * destinations, message class and coding (0x42, 0x43, 0x104), distribution lists, type and plan of the numbers, service type, replace flag,
 * times and predefined message, parameters (0xc0 to 0xc4), and a delivery that failed while the centre held the line.
 */
const NEVER = new Set([
  0x01, 0x06, 0x07, 0x0a, 0x15, 0x33, 0x34, 0x40, 0x42, 0x43, 0x44, 0x48, 0x49, 0x50, 0x51, 0x54, 0x55, 0x61, 0x62, 0x63, 0x65, 0xc0, 0xc1,
  0xc2, 0xc3, 0xc4, 0xfe, 0x104, 0x105, 0x106,
]);

/** What is not in the tables, vendors' own codes among it, ends no message. */
export function smppVerdict(command: string, status: number): SmppVerdict {
  if (command === "generic_nack" || SESSION.has(status)) return { about: "session" };
  if (status === SENT) return { about: "sent" };
  if (PACE.has(status)) return { about: "pace" };
  if (status === INVALID_DESTINATION) return { about: "recipient" };
  return { about: "message", retryable: !NEVER.has(status) };
}
