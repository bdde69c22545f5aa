import { DomainError, isDomainError } from "@trunkline/errors";
import { primaryCode } from "@trunkline/sqlite";

/** What to do, by SQLite's primary result codes. */
const REMEDIES: Readonly<Record<number, string>> = {
  5: "another process writes the file: one process at a time may",
  8: "the file cannot be written: look at its rights",
  10: "the disk does not read or write: look at the system's log",
  11: "the file is damaged: stop, then bring back the folder from its backup",
  13: "the disk is full: make room",
  14: "the file cannot be opened: look at the folder and its rights",
  26: "the file is no event log, or its beginning is damaged: bring back the folder from its backup",
};

/** Whoever writes tries again and then leaves it to the outbox; whoever reads waits. Nothing that was acknowledged depends on it. */
export function unavailable(file: string, reason: string, cause?: unknown): DomainError {
  return new DomainError("unavailable", "event_log_unavailable", `the event log ${file} cannot be used: ${reason}`, {}, cause);
}

/** Runs statements; what SQLite throws becomes `unavailable` with what to do. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isDomainError(error)) throw error;
    if ((error as { code?: unknown }).code === "ERR_INVALID_STATE") throw unavailable(file, "it is closed", error);
    const code = primaryCode(error);
    if (code === undefined) throw error;
    throw unavailable(file, REMEDIES[code] ?? (error as Error).message, error);
  }
}
