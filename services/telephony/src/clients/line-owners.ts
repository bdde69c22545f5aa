import { DomainError } from "@trunkline/errors";
import type { LineService } from "@trunkline/proto/telephony";
import type { Client } from "@trunkline/rpc";
import type { Line, SignedRequest } from "../domain/line.ts";
import { type CallOnLine, doOnLine, type LineOrder } from "./line-order.ts";

type Peer = Pick<Client<typeof LineService>, "orderLine" | "passWebhook"> & AsyncDisposable;
/** Where a connection lives is nobody else's business. */
export type LineOwners = {
  /** Has something done with a call where its connection lives. */
  readonly orderLine: (connectorId: string, call: CallOnLine, order: LineOrder) => Promise<void>;
  /** Has what an exchange posted taken by the instance that owns the connection. */
  readonly takeWebhook: (connectorId: string, request: SignedRequest) => Promise<{ readonly connect?: boolean }>;
};

type Parts = {
  /** Under which this instance owns connections: an address where there are others, which is never asked. */
  readonly self: string;
  readonly lines: ReadonlyMap<string, Line>;
  /** Address of the instance that owns a connection just now; empty when none does, undefined for one that is no longer configured. */
  readonly ownerOf: (connectorId: string) => Promise<string | undefined>;
  readonly connect: (address: string) => Peer;
};

/** Instances come and go; more addresses than this are forgotten, and asked for again. */
const MOST_PEERS = 32;

/** Does it here if the connection is here, else asks the instance that has it. */
export function lineOwners({ self, lines, ownerOf, connect }: Parts): LineOwners {
  const peers = new Map<string, Peer>();
  const peerAt = (address: string) => {
    const known = peers.get(address) ?? connect(address);
    peers.delete(address);
    peers.set(address, known);
    for (const [oldest, peer] of peers) {
      if (peers.size <= MOST_PEERS) break;
      peers.delete(oldest);
      // What is under way on it is finished first.
      peer[Symbol.asyncDispose]().then(undefined, () => undefined);
    }
    return known;
  };
  async function where<T>(connectorId: string, here: (line: Line) => Promise<T>, there: (peer: Peer) => Promise<T>): Promise<T> {
    const line = lines.get(connectorId);
    if (line) return await here(line);
    const owner = await ownerOf(connectorId);
    if (owner === undefined)
      throw new DomainError(
        "rule_violated",
        "connector_unknown",
        "the exchange of this call is not connected any more: use the telephone itself",
      );
    // Its lease is ours from before a kill, or just taken: the connection is on its way.
    if (owner === "" || owner === self)
      throw new DomainError("unavailable", "line_away", "nobody is connected to the exchange just now: try again shortly");
    return await there(peerAt(owner));
  }
  return {
    orderLine: (connectorId, call: CallOnLine, order: LineOrder) =>
      where(
        connectorId,
        (line) => doOnLine(line, call, order),
        async (peer) => {
          const { id, startedAt, linkedid } = call;
          await peer.orderLine({ connectorId, callId: id, startedAt: BigInt(startedAt), linkedid, order: order as never });
        },
      ),
    takeWebhook: (connectorId, request) =>
      where(
        connectorId,
        async ({ take }) => (await take?.(request)) ?? {},
        async (peer) => (await peer.passWebhook({ webhook: { connectorId, ...request } })).answer ?? {},
      ),
  };
}
