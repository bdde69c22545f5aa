import type { Logger } from "@trunkline/runtime";
import type { AriTraffic } from "./ari-stream.ts";
import type { FactHandler } from "./fact-pump.ts";
import type { CallKey } from "./facts.ts";
import type { PbxConnectionState } from "./pbx-link.ts";

export type AriConnectionState = PbxConnectionState;

export type AriConnectionOptions = {
  /** http://host:port/ari, or https. User and secret are not part of it. */
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  /** The Stasis application, "trunkline". */
  readonly app: string;
  /** How an agent's phone is dialled, "PJSIP/agent{extension}". */
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
  readonly onState?: (state: AriConnectionState) => void;
  /** Never given a fact, a frame or a secret. */
  readonly log: Logger;
  /** UTC epoch ms; the time of what the PBX does not stamp. */
  readonly now: () => number;
  /** Last `seq` used on this connector before; default 0. */
  readonly seq?: number;
  readonly timing?: Partial<AriTiming>;
  /** For recordings; holds personal data. */
  readonly onTraffic?: (line: AriTraffic) => void;
};

/** All in ms. */
export type AriTiming = {
  /** TCP and handshake. Default 5,000. */
  readonly connectMs: number;
  /** Reply to an order. Default 5,000. */
  readonly actionMs: number;
  /** The answer of `accept`. Default 3,000. */
  readonly acceptMs: number;
  /** Both lists of a resync. Default 30,000. */
  readonly syncMs: number;
  /** Between keepalives. Default 10,000. */
  readonly pingMs: number;
  /** First and longest pause between tries; each doubles the last, half of it at random. Default 250 and 15,000. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
};

export const ARI_TIMING: AriTiming = {
  connectMs: 5000,
  actionMs: 5000,
  acceptMs: 3000,
  syncMs: 30_000,
  pingMs: 10_000,
  retryMs: 250,
  maxRetryMs: 15_000,
};
