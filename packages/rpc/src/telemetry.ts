import type { Metadata } from "@grpc/grpc-js";
import { context, metrics, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

const tracer = trace.getTracer("@trunkline/rpc");
const meter = metrics.getMeter("@trunkline/rpc");
const served = meter.createHistogram("rpc.server.duration", { unit: "ms", description: "time to answer a call" });

const carrier = {
  get: (metadata: Metadata, key: string) => {
    const [value] = metadata.get(key);
    return value === undefined ? undefined : String(value);
  },
  keys: (metadata: Metadata) => Object.keys(metadata.getMap()),
};

/** Runs the work inside a server span that continues the caller's trace; measures rate, errors and duration. */
export async function traced<T>(name: string, metadata: Metadata, codeOf: (error: unknown) => string, work: () => Promise<T>): Promise<T> {
  const parent = propagation.extract(context.active(), metadata, carrier);
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, parent);
  const started = performance.now();
  let code = "ok";
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    code = codeOf(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    throw error;
  } finally {
    span.end();
    served.record(performance.now() - started, { method: name, code });
  }
}

/** A client span, and the trace written into the call's metadata. */
export function startClientSpan(name: string, metadata: Metadata): Span {
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT });
  propagation.inject(trace.setSpan(context.active(), span), metadata, { set: (target: Metadata, key, value) => target.set(key, value) });
  return span;
}
