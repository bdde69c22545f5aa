import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { isDomainError } from "@trunkline/errors";
import type { SignedRequest } from "../../domain/line.ts";
import type { PbxFact } from "../../facts/facts.ts";
import { webhookKey } from "../../webhook-key.ts";
import { openWebhookConnection, type WebhookOptions } from "./connection.ts";
import { signature } from "./signature.ts";

const SECRET = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const CALL = { startedAt: 0, linkedid: "c-1" };
const RING = { offerId: "o-1", extension: "1001", timeoutMs: 5_000 };

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "",
    (error: unknown) => (isDomainError(error) ? error.code : String(error)),
  );

/** A vendor that answers every order alike, and one connection to it. */
async function rig(answer: { status: number; headers?: Record<string, string> }, more: Partial<WebhookOptions> = {}) {
  const stack = new AsyncDisposableStack();
  const bodies: string[] = [];
  const reply = { status: 204, headers: {} as Record<string, string> };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(Buffer.concat(chunks).toString());
    response.writeHead(reply.status, reply.headers).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
  const facts: PbxFact[] = [];
  const ids = new Set<string>();
  const connection = stack.use(
    openWebhookConnection({
      url,
      secrets: [SECRET],
      log: silent,
      now: Date.now,
      accept: async (_, offerId) => offerId === "o-1",
      onFacts: async (some) => void facts.push(...some),
      taken: { has: async (id) => ids.has(id), add: async (id) => void ids.add(id) },
      ...more,
    }),
  );
  await connection.ready(60_000);
  Object.assign(reply, { headers: {} }, answer);
  return { connection, facts, bodies, ids, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function signedEvent(event: object | string, id = "e-1"): SignedRequest {
  const body = Buffer.from(typeof event === "string" ? event : JSON.stringify(event));
  const head = { id, timestamp: String(Math.floor(Date.now() / 1000)), body };
  return { ...head, signature: signature(webhookKey(SECRET), head) };
}

describe("orders to a vendor", () => {
  it("begin with the wish for a snapshot, and say what is to be done in its words", async () => {
    await using one = await rig({ status: 204 });
    await one.connection.ring(CALL, RING);
    await one.connection.transfer(CALL, { destination: "1002", kind: "blind" });
    expect(one.bodies.map((body) => JSON.parse(body) as object)).toEqual([
      { type: "resync" },
      { type: "ring", call: "c-1", ...RING },
      { type: "transfer", call: "c-1", destination: "1002", kind: "blind" },
    ]);
  });

  it("fail by what the vendor answers, and go nowhere else", async () => {
    for (const [status, code] of [
      [404, "pbx_call_gone"],
      [422, "pbx_action_refused"],
      [401, "pbx_login_refused"],
      [503, "pbx_unavailable"],
    ] as const) {
      await using one = await rig({ status });
      expect([status, await codeOf(one.connection.hangUp(CALL))]).toEqual([status, code]);
    }
    await using redirected = await rig({ status: 307, headers: { location: "http://127.0.0.1:1/elsewhere" } });
    expect(await codeOf(redirected.connection.hangUp(CALL))).toBe("pbx_unavailable");
    await using lost = await rig({ status: 204 }, { sure: async () => lostOwnership.ours });
    lostOwnership.ours = false;
    expect(await codeOf(lost.connection.hangUp(CALL))).toBe("line_moved");
    lostOwnership.ours = true;
  });

  it("cannot carry what is no extension or number", async () => {
    await using one = await rig({ status: 204 });
    expect(await codeOf(Promise.try(() => one.connection.ring(CALL, { ...RING, extension: "1001\r\nhang_up" })))).toBe(
      "pbx_extension_invalid",
    );
    const out = { id: "c-2", at: 1, extension: "1001", number: "139\r\n", callerNumber: "", dialOut: "{number}" };
    expect(await codeOf(Promise.try(() => one.connection.originate(out)))).toBe("pbx_number_invalid");
    expect(one.bodies.length).toBe(1);
  });
});

/** Whether another instance has the connection by now. */
const lostOwnership = { ours: true };

describe("what a vendor posts", () => {
  const ended = { type: "call_ended", call: "c-1", at: 5, cause: 16 };

  it("is taken once: the same id again is refused, and nothing happens twice", async () => {
    await using one = await rig({ status: 204 });
    expect(await one.connection.take(signedEvent(ended))).toEqual({});
    expect(await codeOf(one.connection.take(signedEvent(ended)))).toBe("webhook_replayed");
    expect(one.facts).toMatchObject([{ kind: "call_ended", seq: 1 }]);
  });

  it("that could not be stored may come again under its id", async () => {
    let fails = true;
    const stored: PbxFact[] = [];
    const onFacts = async (facts: readonly PbxFact[]) => {
      if (fails) throw new Error("the store is away");
      stored.push(...facts);
    };
    await using one = await rig({ status: 204 }, { onFacts });
    await expect(one.connection.take(signedEvent(ended))).rejects.toThrow("the store is away");
    fails = false;
    expect(await codeOf(one.connection.take(signedEvent(ended)))).toBe("");
    expect(stored.length).toBe(1);
  });

  it("asks whether to connect", async () => {
    await using one = await rig({ status: 204 });
    const pickedUp = (offerId: string, id: string) =>
      one.connection.take(signedEvent({ type: "offer_picked_up", call: "c-1", at: 5, offerId }, id));
    expect([await pickedUp("o-1", "a"), await pickedUp("o-2", "b")]).toEqual([{ connect: true }, { connect: false }]);
  });

  it("says which field is wrong", async () => {
    await using one = await rig({ status: 204 });
    const refusal = (event: object | string) => one.connection.take(signedEvent(event)).catch((error: Error) => error.message);
    expect(await refusal({ ...ended, cause: 4000 })).toMatch(/^cause: /);
    expect(await refusal({ ...ended, type: "call_exploded" })).toMatch(/^type: /);
    expect(await refusal("{")).toMatch(/^body: /);
    expect(one.ids.size).toBe(0);
  });
});
