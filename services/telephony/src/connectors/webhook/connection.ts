import { randomUUID } from "node:crypto";
import { DomainError, toDomainError } from "@trunkline/errors";
import { backOff, withDeadline } from "@trunkline/runtime";
import { type CallKey, type Line, notOurs } from "../../domain/line.ts";
import { customerChannel, waitingChannel } from "../../facts/call-keys.ts";
import { type PbxFact, withSeq } from "../../facts/facts.ts";
import { webhookKey } from "../../webhook-key.ts";
import { checkedExtension, checkedId, checkedNumber } from "../pbx/checked.ts";
import { actionTimeout, atTheTelephone, unavailable } from "../pbx/errors.ts";
import type { RoutedConnection, RoutedOptions } from "../routed/connection.ts";
import { factOf, type WebhookEvent, type WebhookOrder, webhookEvent } from "./protocol.ts";
import { checkSignature, signature } from "./signature.ts";

export type WebhookOptions = Pick<RoutedOptions, "accept" | "sure" | "onState" | "log" | "now"> & {
  /** Where orders go. */
  readonly url: string;
  /** The first signs, each may have signed what comes in. */
  readonly secrets: readonly string[];
  /** Resolves when the facts are stored: only then is the request answered. */
  readonly onFacts: (facts: readonly PbxFact[]) => Promise<void>;
  /** Requests that were taken before, over all instances, for longer than a signature is good. */
  readonly taken: { has(id: string): Promise<boolean>; add(id: string): Promise<void> };
};

/** The exchange posts what it tells. */
export type WebhookConnection = RoutedConnection & Required<Pick<Line, "take">>;

const ORDER_MS = 5_000;
const TAKE_MS = 4_000;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

/** A connection without a socket: the exchange posts what happens to us, and we post orders to it. */
export function openWebhookConnection(options: WebhookOptions): WebhookConnection {
  const stop = new AbortController();
  const keys = options.secrets.map(webhookKey);
  const order = ordersTo(options, keys, stop.signal);
  const ready = Promise.withResolvers<void>();
  let state: ReturnType<RoutedConnection["state"]> = { state: "connecting" };
  const become = (next: typeof state) => {
    state = next;
    options.onState?.(next);
    if (next.state === "live") ready.resolve();
  };
  const resync = () => order({ type: "resync" });
  const running = (async () => {
    for (let attempt = 1; !stop.signal.aborted; attempt++) {
      try {
        await resync();
        return become({ state: "live" });
      } catch (error) {
        const { code } = toDomainError(error);
        options.log.warn({ code, attempt }, "the exchange does not answer; trying again");
        become({ state: "waiting", code });
        await backOff(attempt, RETRY_MS, MAX_RETRY_MS, stop.signal);
      }
    }
  })();
  return {
    state: () => state,
    ready: (deadlineMs) => withDeadline("connecting to the PBX", deadlineMs, ready.promise),
    resync,
    ...callOrders(order),
    take: taker(options, keys),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      become({ state: "closed" });
    },
  };
}

function taker({ now, taken, onFacts, accept }: WebhookOptions, keys: readonly Buffer[]): WebhookConnection["take"] {
  let seq = 0;
  const apply = async (event: WebhookEvent): Promise<{ readonly connect?: boolean }> => {
    if (event.type === "offer_picked_up") return { connect: await accept({ startedAt: 0, linkedid: event.call }, event.offerId) };
    await onFacts([withSeq(factOf(event, now()), ++seq)]);
    return {};
  };
  return async (request) => {
    checkSignature(request, keys, now());
    const event = eventOf(request.body);
    if (await taken.has(request.id))
      throw new DomainError("conflict", "webhook_replayed", "this was taken already: do not send it again", { id: request.id });
    const answer = await withDeadline("storing what the exchange told", TAKE_MS, apply(event));
    // Afterwards: what crashes before is sent again, and happens once whatever comes twice.
    await taken.add(request.id);
    return answer;
  };
}

function eventOf(body: Uint8Array): WebhookEvent {
  const parsed = webhookEvent.safeParse(jsonOf(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "body";
  throw new DomainError("invalid", "webhook_invalid", `${where}: ${issue?.message ?? "not an event"}`, { field: where });
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

type SendOrder = (order: WebhookOrder) => Promise<void>;

function ordersTo({ url, sure, now }: WebhookOptions, keys: readonly Buffer[], stop: AbortSignal): SendOrder {
  const [key] = keys;
  if (key === undefined) throw new RangeError("a webhook has a secret");
  return async (order) => {
    if (sure !== undefined && !(await sure())) throw notOurs();
    const body = Buffer.from(JSON.stringify(order));
    const head = { id: randomUUID(), timestamp: String(Math.floor(now() / 1000)) };
    const headers = {
      "content-type": "application/json",
      "webhook-id": head.id,
      "webhook-timestamp": head.timestamp,
      "webhook-signature": signature(key, { ...head, body }),
    };
    const late = AbortSignal.timeout(ORDER_MS);
    // A redirect could send the order, and what is in it, anywhere.
    const reply = await fetch(url, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.any([late, stop]) }).catch(
      (error: unknown) => {
        if (!late.aborted) throw unavailable("no connection to the PBX", error);
        throw actionTimeout(order.type, ORDER_MS);
      },
    );
    await reply.body?.cancel();
    if (!reply.ok) throw refusalOf(order.type, reply.status);
  };
}

function refusalOf(type: WebhookOrder["type"], status: number): DomainError {
  if (status === 404) return new DomainError("rule_violated", "pbx_call_gone", "this call is over on the PBX: nothing to do");
  if (status === 401 || status === 403)
    return new DomainError("unauthenticated", "pbx_login_refused", "the PBX refused our signature: check the connection's secret");
  if (status >= 500) return unavailable(`the PBX cannot ${type} now (HTTP ${status})`);
  return new DomainError("rule_violated", "pbx_action_refused", `the PBX refused ${type}`, { action: type, status: String(status) });
}

type CallOrders = Omit<RoutedConnection, "state" | "ready" | "resync" | keyof AsyncDisposable>;

function callOrders(order: SendOrder): CallOrders {
  const of = ({ linkedid: call }: CallKey) => ({ call });
  return {
    ring: (key, { offerId, extension, timeoutMs }) =>
      order({ type: "ring", ...of(key), offerId: checkedId(offerId), extension: checkedExtension(extension), timeoutMs }),
    withdraw: (key, offerId) => order({ type: "withdraw", ...of(key), offerId: checkedId(offerId) }),
    hangUp: (key) => order({ type: "hang_up", ...of(key) }),
    hold: (key) => order({ type: "hold", ...of(key) }),
    resume: (key) => order({ type: "resume", ...of(key) }),
    transfer: (key, { destination, kind }) => order({ type: "transfer", ...of(key), destination: checkedExtension(destination), kind }),
    transferToQueue: () => Promise.reject(atTheTelephone()),
    record: (key, name) => order({ type: "record", ...of(key), name: checkedId(name) }),
    pauseRecording: (key, name) => order({ type: "pause_recording", ...of(key), name: checkedId(name) }),
    resumeRecording: (key, name) => order({ type: "resume_recording", ...of(key), name: checkedId(name) }),
    listen: (key, extension) => order({ type: "listen", ...of(key), extension: checkedExtension(extension) }),
    callIntoQueue: ({ id, at, number, callerNumber, queue }) =>
      order({ type: "call_into_queue", call: waitingChannel(checkedId(id), at), number: checkedNumber(number), callerNumber, queue }),
    originate: ({ id, at, extension, number, callerNumber }) =>
      order({
        type: "originate",
        call: customerChannel(checkedId(id), at),
        extension: checkedExtension(extension),
        number: checkedNumber(number),
        callerNumber,
      }),
  };
}
