import { DomainError, isDomainError } from "@trunkline/errors";

/** An exchange, and the connection to it, as the rest of telephony sees them: whatever protocol it speaks. */

/** One exchange of one tenant. */
export type Exchange = {
  readonly id: string;
  readonly tenant: string;
  /** We choose the agents of its calls. */
  readonly routed: boolean;
  /** Numbers outside can be called there. */
  readonly dialsOut: boolean;
  /** Of the connection's owner; what a former owner still has to say is dropped. */
  readonly epoch: number;
};

/**
 * Identity of one call on one exchange; the call's id is UUIDv5(connector, startedAt, linkedid).
 * It is derived from the exchange's own data alone, so that two connections, or one before and after a cut, agree on it.
 */
export type CallKey = {
  /** UTC epoch ms, on the exchange's clock; 0 where its call id carries no time (a channel id chosen by us). */
  readonly startedAt: number;
  /** The exchange's id of the whole call; at most 128 characters. */
  readonly linkedid: string;
};

/** Whether the exchange may have carried out an order that failed so. After a connection that broke it tells what there is. */
export const mayHaveBeenDone = (error: unknown) => isDomainError(error) && error.kind === "deadline_exceeded";

/** Every order may fail with pbx_unavailable, pbx_action_timeout (it may have been done), pbx_action_refused, pbx_permission_denied. */
export type LineOrders = {
  /** Resolves when live. @throws DomainError pbx_unavailable, when that takes longer than `deadlineMs` */
  ready(deadlineMs: number): Promise<void>;
  /** Asks for a fresh snapshot fact; resolves when it was made. */
  resync(): Promise<void>;
  /**
   * Rings the agent's phone for a waiting call; resolves when the PBX has taken the order. After `timeoutMs` (at most 10 minutes) the offer
   * ends with no_answer. The same offer again changes nothing. @throws DomainError pbx_call_gone, pbx_extension_invalid, pbx_id_invalid
   */
  ring(call: CallKey, offer: { readonly offerId: string; readonly extension: string; readonly timeoutMs: number }): Promise<void>;
  /** The phone stops ringing. Nothing rings: no error. */
  withdraw(call: CallKey, offerId: string): Promise<void>;
  /** Ends the call for everybody; while the agent consults somebody, the consultation alone. @throws DomainError pbx_call_gone */
  hangUp(call: CallKey): Promise<void>;
  /** The caller hears music, and neither hears the other. @throws DomainError pbx_call_gone, pbx_call_not_talking */
  hold(call: CallKey): Promise<void>;
  resume(call: CallKey): Promise<void>;
  /**
   * Blind: the agent is off at once, and the caller is lost if nobody answers. Attended: the caller hears music while the agent talks to the
   * destination, who takes over when the agent hangs up; if the destination goes, the caller comes back.
   * @throws DomainError pbx_call_gone, pbx_call_not_talking, pbx_transfer_pending, pbx_extension_invalid
   */
  transfer(call: CallKey, to: { readonly destination: string; readonly kind: "blind" | "attended" }): Promise<void>;
  /**
   * The agent is off at once, and the caller waits in this queue, hearing music.
   * @throws DomainError pbx_call_gone, pbx_call_not_talking, pbx_transfer_pending
   */
  transferToQueue(call: CallKey, queue: string): Promise<void>;
  /**
   * The exchange keeps what both say, as `name`, until the call is over; while paused it keeps nothing. Recorded already: no error.
   * @throws DomainError pbx_call_gone, pbx_call_not_talking, pbx_id_invalid
   */
  record(call: CallKey, name: string): Promise<void>;
  pauseRecording(call: CallKey, name: string): Promise<void>;
  resumeRecording(call: CallKey, name: string): Promise<void>;
  /**
   * Rings a supervisor's phone; picked up, they hear caller and agent, and neither hears them. Ends with the talk.
   * @throws DomainError pbx_call_gone, pbx_call_not_talking, pbx_extension_invalid
   */
  listen(call: CallKey, extension: string): Promise<void>;
  /**
   * Dials `number`; who answers is a caller who waits in `queue`, as one who came by themselves. Nobody answers: nothing more is told.
   * @throws DomainError pbx_number_invalid, pbx_id_invalid, pbx_endpoint_invalid
   */
  callIntoQueue(out: Outgoing & { readonly queue: string }): Promise<void>;
  /**
   * Rings the agent's phone, and when it is picked up dials `number` by `dialOut`, "PJSIP/{number}@trunk". The customer sees `callerNumber`.
   * @throws DomainError pbx_number_invalid, pbx_extension_invalid, pbx_id_invalid, pbx_endpoint_invalid
   */
  originate(out: Outgoing & { readonly extension: string }): Promise<void>;
};

export type Outgoing = {
  readonly id: string;
  /** When the call began; with the id it makes what the PBX calls it. */
  readonly at: number;
  readonly number: string;
  readonly callerNumber: string;
  readonly dialOut: string;
};

/** One request as it came, by the Standard Webhooks convention: id, time (seconds) and signatures in headers, the body signed with both. */
export type SignedRequest = { readonly id: string; readonly timestamp: string; readonly signature: string; readonly body: Uint8Array };

/** A connection, with what calls can be told to do there. */
export type Line = LineOrders & {
  readonly tenant: string;
  /** How a number outside is dialled, and what the customer sees. */
  readonly dialOut: string;
  readonly callerNumber: string;
  /**
   * What the exchange posts, where it does; `connect` answers offer_picked_up.
   * @throws DomainError unauthenticated webhook_signature_invalid, webhook_timestamp_invalid; conflict webhook_replayed; invalid webhook_invalid;
   * deadline_exceeded when it cannot be stored now: the exchange sends it again
   */
  take?(request: SignedRequest): Promise<{ readonly connect?: boolean }>;
};

/** What is decided or ordered here comes too late. */
export function notOurs(): DomainError {
  return new DomainError("unavailable", "line_moved", "the connection has just gone to another instance: try again");
}
