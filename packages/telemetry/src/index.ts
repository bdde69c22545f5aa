export { metricsHandler } from "./metrics.ts";
