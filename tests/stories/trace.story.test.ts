import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { EXTENSIONS, logIn, openDesktop, PASSWORD, SERVICES, type ServiceName, seedDemo, startSystem } from "@trunkline/dev-env";
import { HAS_ENGINES } from "./system.ts";

type Span = { readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly name: string };
type Found = Span & { readonly service: string };
type Attribute = { readonly key: string; readonly value: { readonly stringValue?: string } };
type Body = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly (Span & { readonly attributes?: readonly Attribute[] })[] }[];
  }[];
};

const TENANT = "huaxing";
const CALLER = "13912345067";

/** An OTLP collector that keeps what it is sent. */
async function openCollector() {
  const spans: Found[] = [];
  let text = "";
  let arrived = () => {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    text += Buffer.concat(chunks).toString();
    for (const { resource, scopeSpans } of (JSON.parse(Buffer.concat(chunks).toString()) as Body).resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
      for (const scope of scopeSpans) for (const span of scope.spans) spans.push({ ...span, service });
    }
    response.setHeader("content-type", "application/json").end("{}");
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => text,
    /** Resolves when the spans so far satisfy; the test's own limit is the deadline. */
    until: (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        arrived = () => holds() && resolve();
        arrived();
      }),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

const settings = (service: ServiceName, collector: string) => ({
  OTEL_SERVICE_NAME: service,
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_BSP_SCHEDULE_DELAY: "200",
});

(HAS_ENGINES ? describe : describe.skip)("a call", () => {
  it("is one trace, from the exchange's event over gRPC and Kafka to callback task and figures, and names no person", async () => {
    await using collector = await openCollector();
    await using system = await startSystem({
      env: process.env,
      dataDir: `.trunkline/stories/trace-${process.pid}`,
      tenants: [TENANT],
      prefix: `trace-${process.pid}-${Date.now()}.`,
      logLevel: "error",
      extra: Object.fromEntries(SERVICES.map((service) => [service, settings(service, collector.url)])),
    });
    await seedDemo({ ...system, tenant: TENANT, index: 5, extensions: EXTENSIONS.slice(0, 1), batchSize: 0 });
    await system.drain();
    const { token } = await logIn(system.gatewayUrl, TENANT, `agent${EXTENSIONS[0]}`, PASSWORD);
    await using desktop = await openDesktop(system.desktopUrl, token);
    const call = system.simulators.pbx.get(TENANT)?.placeCall({ from: CALLER, queue: "support" });
    call?.ring(EXTENSIONS[0]);
    await desktop.next("the pop", ({ type }) => type === "pop");
    call?.hangup("caller");
    await system.drain();

    const start = () =>
      collector.spans.find(({ service, parentSpanId, name }) => service === "telephony" && !parentSpanId && /call/.test(name));
    const ofCall = () => collector.spans.filter(({ traceId }) => traceId === start()?.traceId);
    const names = () => ofCall().map(({ service, name }) => `${service}: ${name}`);
    const wanted = [
      /^customer: trunkline\.customer\.v1\.CustomerService\/IdentifyCaller/,
      /^analytics: telephony\.call process|^analytics: trunkline\.telephony\.call\.v1 process/,
      /^service-desk: .*telephony\.call.* process/,
      /^telephony: .*CallService\/GetCall/,
    ];
    await collector.until(() => wanted.every((pattern) => names().some((name) => pattern.test(name))));
    expect(names()).toEqual(expect.arrayContaining(wanted.map((pattern) => expect.stringMatching(pattern))));
    expect(collector.text()).not.toMatch(/13912345067|王|李娜/);
  }, 120_000);
});
