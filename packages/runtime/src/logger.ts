import { pino } from "pino";

export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** Fields that would identify a person or open a door, wherever a careless line puts them. */
const REDACTED = ["name", "phone", "phones", "number", "email", "emails", "address", "password", "token", "secret", "authorization"];

/** JSON lines on standard error (standard output belongs to a command's answer); trace ids are added by the preload. */
export function createLogger(service: string, level = "info"): Logger {
  const paths = REDACTED.flatMap((key) => [key, `*.${key}`]);
  return pino({ level, base: { service }, redact: { paths, censor: "***" } }, pino.destination({ dest: 2, sync: false }));
}
