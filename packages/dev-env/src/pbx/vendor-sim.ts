import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connector } from "../system/environment.ts";
import { poster, signed } from "./vendor-sim-post.ts";
import { type Order, openWorld, type PhoneHabit, type VendorCaller } from "./vendor-sim-world.ts";

/**
 * A telephone vendor in the cloud, by the signed webhook's documentation alone (docs/webhook.md): it posts what happens and obeys what is
 * posted to it. Shares no code with the product.
 */
export type VendorSimulator = AsyncDisposable & {
  /** As telephony's CONNECTORS take it. */
  connector(id: string, tenant: string): Connector;
  /** Where events go: the gateway's address of the connection. Nothing is sent before. */
  postTo(url: string): void;
  /** @param from the number shown, "" when withheld */
  call(from: string, queue: string): VendorCaller;
  /** What an agent's phone does from its next ring on; default: it only rings. */
  phone(extension: string, habit: PhoneHabit): void;
  /** Orders as they came, oldest first. */
  readonly orders: readonly Order[];
  /** Orders whose signature was wrong. */
  readonly refused: readonly string[];
};

export async function startVendorSimulator(): Promise<VendorSimulator> {
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  const orders: Order[] = [];
  const refused: string[] = [];
  const post = poster(secret);
  const world = openWorld(post.post);
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      if (!verified(incoming, body, secret)) {
        refused.push(body);
        return void outgoing.writeHead(401).end();
      }
      const order = JSON.parse(body) as Order;
      orders.push(order);
      outgoing.writeHead(world.knows(order) ? 204 : 404).end();
      world.obey(order);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
  return {
    connector: (id, tenant) => ({ id, tenant, kind: "webhook", url, secrets: [secret], dialOut: "{number}", callerNumber: "4008001000" }),
    postTo: post.to,
    call: world.call,
    phone: world.phone,
    orders,
    refused,
    [Symbol.asyncDispose]: async () => {
      post.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function verified({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const text = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  return String(headers["webhook-signature"]).split(" ").includes(signed(secret, text));
}
