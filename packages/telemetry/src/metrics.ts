import type { IncomingMessage, ServerResponse } from "node:http";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";

/** One reader a process: the preload hands it to the SDK, the health server serves what it holds. */
export const metricsReader = new PrometheusExporter({ preventServerStart: true });

/** Answers GET /metrics in the Prometheus text format; empty when telemetry was not preloaded. */
export function metricsHandler(request: IncomingMessage, response: ServerResponse): void {
  metricsReader.getMetricsRequestHandler(request, response);
}
