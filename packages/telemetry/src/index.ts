export { metricsHandler } from "./metrics.ts";
export { tally } from "./tally.ts";
