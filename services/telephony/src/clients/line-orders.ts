import { DomainError } from "@trunkline/errors";
import type { LineService } from "@trunkline/proto/telephony";
import type { Client } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { type CallOnLine, doOnLine, type LineOrder } from "../flows/line.ts";

type Peer = Pick<Client<typeof LineService>, "orderLine">;
type Parts = {
  readonly lines: Context["lines"];
  /** Address of the instance that owns a connection just now; empty when none does, undefined for a connection that takes no orders. */
  readonly ownerOf: (connectorId: string) => Promise<string | undefined>;
  readonly connect: (address: string) => Peer;
};

/** Instances come and go; more addresses than this are forgotten, and asked for again. */
const MOST_PEERS = 32;

/** Does it here if the connection is here, else asks the instance that has it. */
export function lineOrders({ lines, ownerOf, connect }: Parts): Context["orderLine"] {
  const peers = new Map<string, Peer>();
  const peerAt = (address: string) => {
    const known = peers.get(address) ?? connect(address);
    peers.delete(address);
    if (peers.size >= MOST_PEERS) peers.delete(peers.keys().next().value as string);
    peers.set(address, known);
    return known;
  };
  return async (connectorId: string, { id, startedAt, linkedid }: CallOnLine, order: LineOrder) => {
    const line = lines.get(connectorId);
    if (line) return await doOnLine(line, { id, startedAt, linkedid }, order);
    const owner = await ownerOf(connectorId);
    if (owner === undefined)
      throw new DomainError("rule_violated", "line_takes_no_orders", "this connection only tells what happens: use the telephone itself");
    if (owner === "") throw new DomainError("unavailable", "line_away", "nobody is connected to the exchange just now: try again shortly");
    await peerAt(owner).orderLine({ connectorId, callId: id, startedAt: BigInt(startedAt), linkedid, order: order as never });
  };
}
