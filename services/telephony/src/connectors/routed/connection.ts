import type { Logger } from "@trunkline/runtime";
import type { CallKey } from "../../facts/facts.ts";
import type { FactHandler } from "../pbx/fact-pump.ts";
import type { PbxConnectionState } from "../pbx/link.ts";

/** The contract of a connection to an exchange on which we choose the agents, whatever protocol it speaks. */

/** Every order may fail with pbx_unavailable, pbx_action_timeout (it may have been done), pbx_action_refused, pbx_permission_denied. */
export type RoutedConnection = AsyncDisposable & {
  state(): PbxConnectionState;
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

export type RoutedOptions = {
  /** How an agent's phone is dialled, as the exchange writes it: "PJSIP/agent{extension}". */
  readonly endpoint: string;
  /**
   * Gets every fact once, in order, one call at a time; while its promise is open, facts collect and then the socket pauses. A rejection
   * means that these facts are given up: a resync follows, so that the handler can catch up from a snapshot.
   */
  readonly onFacts: FactHandler;
  /**
   * Asked when an agent's phone is picked up, before caller and agent are connected: true once the offer is stored as accepted. False, an
   * error and no answer in time mean that the offer is not current any more, and the agent's phone is hung up. May be asked again after a cut.
   */
  readonly accept: (call: CallKey, offerId: string) => Promise<boolean>;
  /** Asked before each order: false when another instance may give orders here by now. Default: always ours. */
  readonly sure?: () => Promise<boolean>;
  readonly onState?: (state: PbxConnectionState) => void;
  /** Never given a fact, a frame or a secret. */
  readonly log: Logger;
  /** UTC epoch ms; the time of what the PBX does not stamp. */
  readonly now: () => number;
};
