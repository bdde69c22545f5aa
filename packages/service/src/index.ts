export type { AuditRow } from "./audit.ts";
export { followEndedSessions } from "./ended-sessions.ts";
export { openPlatform, type Platform, type PlatformOverrides, type RunningService } from "./platform.ts";
export { host, keepDays, type PlatformConfig, platformConfig } from "./platform-config.ts";
export { runService } from "./run-service.ts";
