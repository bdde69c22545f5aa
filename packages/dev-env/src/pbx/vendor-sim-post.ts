import { createHmac, randomUUID } from "node:crypto";

export type Answer = { readonly connect?: boolean };
export type Post = (event: object) => Promise<Answer>;

const TRIES = 60;
const RETRY_MS = 250;

/** @param secret whsec_ and base64 */
export function signed(secret: string, text: string): string {
  return `v1,${createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
    .update(text)
    .digest("base64")}`;
}

/** One event after the other; what cannot be taken now is sent again under its id, signed anew. */
export function poster(secret: string): { readonly post: Post; to(url: string): void; stop(): void } {
  const opened = Promise.withResolvers<string>();
  const stop = new AbortController();
  let tail: Promise<unknown> = opened.promise;
  const send = async (event: object): Promise<Answer> => {
    const [id, body, url] = [randomUUID(), JSON.stringify(event), await opened.promise];
    for (let attempt = 1; attempt <= TRIES && !stop.signal.aborted; attempt++) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = signed(secret, `${id}.${timestamp}.${body}`);
      const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
      const reply = await fetch(url, { method: "POST", headers, body, signal: stop.signal }).catch(() => undefined);
      if (reply?.ok) return (await reply.json()) as Answer;
      if (reply?.status === 409) return {};
      if (reply !== undefined && reply.status < 500) throw new Error(`an event was refused: ${reply.status} ${await reply.text()}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
    return {};
  };
  return {
    to: opened.resolve,
    stop: () => stop.abort(),
    post: (event) => {
      const sent = tail.then(() => send(event));
      tail = sent.catch(() => undefined);
      return sent;
    },
  };
}
