import { pino } from "pino";
import { safeFields } from "./safe-fields.ts";

export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/**
 * JSON lines on standard error (standard output belongs to a command's answer); trace ids are added by the preload.
 * What identifies a person or opens a door is masked, wherever a careless line puts it.
 * @param lines where the lines go instead, for tests
 */
export function createLogger(service: string, level = "info", lines?: { write(line: string): void }): Logger {
  const formatters = { log: safeFields };
  return pino(
    { level, base: { service }, formatters, serializers: { err: (err) => err } },
    lines ?? pino.destination({ dest: 2, sync: false }),
  );
}
