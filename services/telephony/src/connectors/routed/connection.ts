import type { Logger } from "@trunkline/runtime";
import type { CallKey, LineOrders } from "../../domain/line.ts";
import type { FactHandler } from "../pbx/fact-pump.ts";
import type { PbxConnectionState } from "../pbx/link.ts";

/** The contract of a connection to an exchange on which we choose the agents, whatever protocol it speaks. */

export type RoutedConnection = AsyncDisposable & LineOrders & { state(): PbxConnectionState };

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
