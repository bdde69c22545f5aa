import { type Context, context, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";

const tracer = trace.getTracer("telephony");
/** Calls whose trace is remembered; an older one begins a new trace. */
const REMEMBERED = 20_000;

export type CallTraces = {
  /** Runs what a fact sets off inside the trace of its call: over gRPC and Kafka to the desktop and to the figures. */
  run<T>(callId: string, fact: string, work: () => T): T;
  forget(callId: string): void;
};

/** One trace for each call; its first fact opens it. */
export function callTraces(): CallTraces {
  const roots = new Map<string, Context>();
  return {
    run(callId, fact, work) {
      const parent = roots.get(callId) ?? ROOT_CONTEXT;
      const span = tracer.startSpan(`pbx ${fact}`, { kind: SpanKind.CONSUMER, attributes: { "trunkline.call": callId } }, parent);
      const active = trace.setSpan(parent, span);
      if (parent === ROOT_CONTEXT) {
        if (roots.size >= REMEMBERED) roots.delete(roots.keys().next().value as string);
        roots.set(callId, active);
      }
      try {
        return context.with(active, work);
      } finally {
        span.end();
      }
    },
    forget: (callId) => void roots.delete(callId),
  };
}
