import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { context, propagation, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { outboxEntry } from "@trunkline/events";
import { callTopic } from "../stores/call-store.ts";
import { callTraces } from "./call-traces.ts";

describe("the trace of a call", () => {
  const sdk = new NodeSDK({
    spanProcessors: [new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })],
    instrumentations: [],
    metricReaders: [],
  });
  beforeAll(() => sdk.start());
  afterAll(async () => {
    await sdk.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  const traceOf = () => trace.getActiveSpan()?.spanContext().traceId;

  it("is one over all of its facts, another call has another, and its events carry it", async () => {
    const traces = callTraces();
    const first = traces.run("c1", "call_queued", traceOf);
    const later = await traces.run("c1", "agent_offered", async () => {
      await Promise.resolve();
      return traceOf();
    });
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(later).toBe(first);
    expect(traces.run("c2", "call_queued", traceOf)).not.toBe(first);
    const scope = { tenant: "t", actor: "service/telephony", causation: "", correlation: "c1" };
    const entry = traces.run("c1", "call_answered", () => outboxEntry(callTopic, scope, { n: 1, at: 1, message: { callId: "c1" } }));
    expect(entry.headers["traceparent"]).toContain(first as string);
  });
});
