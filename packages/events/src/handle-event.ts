import { context, propagation, type Span, SpanKind, trace } from "@opentelemetry/api";
import { type DomainError, toDomainError } from "@trunkline/errors";
import { backOff } from "@trunkline/runtime";
import { tally } from "@trunkline/telemetry";
import type { RawMessage, Subscription } from "./subscription.ts";

type Verdict = "dead" | "retry" | "pause";

/** What an error means for the event, by its kind. Where `already_exists` means done, the handler says so with `unless`. */
function verdictOf(error: DomainError): Verdict {
  switch (error.kind) {
    // A store answers a repetition of the same cause silently: what it throws is another one with other content.
    case "already_exists":
    case "invalid":
    case "forbidden":
    case "rule_violated":
      return "dead";
    case "unauthenticated":
      return isByTime(error) ? "pause" : "dead";
    case "not_found":
    case "conflict":
    case "internal":
      return "retry";
    default:
      return "pause";
  }
}

/**
 * Our own token, which is always fresh, looks too old or from the future: the clocks of two services are apart, as when a machine has slept, and
 * each is set right within a minute.
 */
function isByTime({ code, details }: DomainError): boolean {
  return code === "token_expired" || (code === "token_invalid" && "ahead" in details);
}

const TRIES = 8;

/** `wait`: the same event may succeed later. `dead`: it will not. */
export type Handled = { readonly is: "done" } | { readonly is: "wait" | "dead"; readonly error: DomainError; readonly tries: number };

const handled = tally("events.handled", "events given to their handler and done, by topic", "topic");
const tracer = trace.getTracer("@trunkline/events");

/** Gives one event to its handler inside the trace of whoever caused it, several times where that may help. */
export async function handleEvent(subscription: Subscription, raw: RawMessage, group: string, stop: AbortSignal): Promise<Handled> {
  const parent = propagation.extract(context.active(), raw.headers);
  const span = tracer.startSpan(`${subscription.topic.name} process`, { kind: SpanKind.CONSUMER }, parent);
  const work = () => attempt(subscription, raw, group, stop, span);
  return context.with(trace.setSpan(parent, span), work).finally(() => span.end());
}

async function attempt(subscription: Subscription, raw: RawMessage, group: string, stop: AbortSignal, span: Span): Promise<Handled> {
  for (let tries = 1; ; tries++) {
    try {
      await subscription.handle(raw, group);
      handled(subscription.topic.name);
      return { is: "done" };
    } catch (thrown) {
      const error = toDomainError(thrown);
      const verdict = verdictOf(error);
      span.setAttribute("trunkline.error", error.code);
      if (verdict === "pause" || stop.aborted) return { is: "wait", error, tries };
      if (verdict === "dead" || tries >= TRIES) return { is: "dead", error, tries };
      await backOff(tries, 25, 1_000, stop);
    }
  }
}
