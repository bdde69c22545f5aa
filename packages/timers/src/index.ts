export { armed } from "./armed.ts";
export { type Hints, noHints, redisHints } from "./hints.ts";
export { storeSource } from "./store-source.ts";
export { createTimers, type Due, fireDue, type TimerSource, type Timers, type TimersOptions } from "./timers.ts";
