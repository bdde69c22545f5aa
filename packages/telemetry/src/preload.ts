// node --import @trunkline/telemetry/preload: before any other module, so that the instrumentations see them load.
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { IORedisInstrumentation } from "@opentelemetry/instrumentation-ioredis";
import { MongooseInstrumentation } from "@opentelemetry/instrumentation-mongoose";
import { PinoInstrumentation } from "@opentelemetry/instrumentation-pino";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { register } from "import-in-the-middle/register-hooks.mjs";
import { metricsReader } from "./metrics.ts";

/** Only these: a module that passes through the hook starts more slowly, and its exports are no longer inlined. */
register({ include: ["express", "http", "https", "ioredis", "mongoose", "node:http", "node:https", "pino"] });

/** Spans leave the process only where an OTLP endpoint is set (OTEL_EXPORTER_OTLP_ENDPOINT); ids are made always. */
const exporting = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] !== undefined;
process.env["OTEL_TRACES_EXPORTER"] ??= exporting ? "otlp" : "none";
if (!exporting) process.env["OTEL_TRACES_SAMPLER"] ??= "parentbased_always_off";
process.env["OTEL_LOGS_EXPORTER"] ??= "none";
process.env["OTEL_NODE_RESOURCE_DETECTORS"] ??= "env";

const nowhere = async () => undefined;
/** Without any processor the SDK makes no ids at all, and log lines of one call could not be told from another's. */
const idsOnly = { onStart: () => undefined, onEnd: () => undefined, forceFlush: nowhere, shutdown: nowhere };

/** Their spans tell how long an engine took; nobody would see them where none leaves, and a call makes ten of them. */
function ofEngines() {
  return [
    new IORedisInstrumentation({ dbStatementSerializer: (command) => command }),
    new MongooseInstrumentation({ dbStatementSerializer: (operation) => operation }),
  ];
}

const sdk = new NodeSDK({
  serviceName: process.env["OTEL_SERVICE_NAME"] ?? "trunkline",
  metricReaders: [metricsReader],
  ...(exporting ? {} : { spanProcessors: [idsOnly] }),
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: (request) => /^\/(healthz|readyz|metrics)$/.test(request.url ?? "") }),
    new ExpressInstrumentation(),
    new PinoInstrumentation(),
    ...(exporting ? ofEngines() : []),
  ],
});
sdk.start();
