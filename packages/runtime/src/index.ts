export { type Clock, databaseClock, systemClock } from "./clock.ts";
export { backOff, pause, withDeadline } from "./deadline.ts";
export { eventually } from "./eventually.ts";
export { armFailpoints, failpoint, failpointActive } from "./failpoints.ts";
export { serveHealth } from "./health.ts";
export { contentId, newId } from "./ids.ts";
export { createLogger, type Logger } from "./logger.ts";
export { run } from "./run.ts";
export { type CallScope, serviceScope } from "./scope.ts";
