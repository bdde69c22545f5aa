import type { AriTraffic } from "./ari-stream.ts";
import type { RoutedOptions } from "./routed-connection.ts";

export type AriConnectionOptions = RoutedOptions & {
  /** http://host:port/ari, or https. User and secret are not part of it. */
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  /** The Stasis application, "trunkline". */
  readonly app: string;
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
