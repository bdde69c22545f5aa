import { DomainError } from "@trunkline/errors";
import { type Call, type Decided, isTalking, nothing, type Recording, without } from "./call-state.ts";

const DAY_MS = 86_400_000;
const MAX_LISTENS = 100;

/** The exchange records from now on; asked again, nothing changes. */
export function startRecording(call: Call, { keepDays, elsewhere }: { keepDays: number; elsewhere: boolean }, at: number): Decided {
  if (call.recording !== undefined || !isTalking(call)) return nothing(call);
  const where = elsewhere ? { elsewhere } : {};
  return changed(call, { state: "recording", startedAt: at, pausedMs: 0, keepDays, listens: [], ...where }, "", at);
}

/** The exchange would not, or could not go on. */
export function failRecording(call: Call, keepDays: number, at: number): Decided {
  if (call.recording?.state === "failed") return nothing(call);
  const { startedAt = at, pausedMs = 0, listens = [] } = call.recording ?? {};
  return changed(without(call, ["recordingDueAt"]), { state: "failed", startedAt, pausedMs, keepDays, listens }, "", at);
}

/** The exchange says that the recording is over: one without a sound was none. */
export function endRecording(call: Call, durationMs: number, at: number): Decided {
  return call.recording && durationMs === 0 ? failRecording(call, call.recording.keepDays, at) : nothing(call);
}

/** @throws rule_violated not_recorded */
export function pauseRecording(call: Call, employeeId: string, at: number): Decided {
  const recording = running(call);
  if (recording.state === "paused") return nothing(call);
  return changed(call, { ...recording, state: "paused", pausedSince: at }, employeeId, at);
}

/** @throws rule_violated not_recorded */
export function resumeRecording(call: Call, employeeId: string, at: number): Decided {
  const recording = running(call);
  if (recording.state === "recording") return nothing(call);
  return changed(call, { ...settled(recording, at), state: "recording" }, employeeId, at);
}

function running({ recording }: Call): Recording {
  if (recording?.state === "recording" || recording?.state === "paused") return recording;
  throw new DomainError("rule_violated", "not_recorded", "this call is not being recorded");
}

/** The call is over: the exchange keeps what it has, for so many days. */
export function keepRecording(call: Call, at: number): Decided {
  const { recording } = call;
  if (recording?.state !== "recording" && recording?.state !== "paused") return nothing(call);
  if (recording.elsewhere) return changed(call, { ...settled(recording, at), state: "kept_elsewhere" }, "", at);
  const kept = { ...call, recordingDueAt: at + recording.keepDays * DAY_MS };
  return changed(kept, { ...settled(recording, at), state: "kept" }, "", at);
}

export const keptElsewhere = () =>
  new DomainError("rule_violated", "recording_elsewhere", "this exchange keeps its recordings to itself: fetch it there by its reference");

/** @throws not_found recording_not_kept, while it still runs, and when there is none (any more); rule_violated recording_elsewhere */
export function hear(call: Call, employeeId: string, at: number): Decided {
  const { recording } = call;
  if (recording?.state === "kept_elsewhere") throw keptElsewhere();
  if (recording?.state !== "kept")
    throw new DomainError(
      "not_found",
      "recording_not_kept",
      "this call has no recording to listen to: it is kept from the call's end until its days are over",
    );
  const listens = [...recording.listens, { employeeId, at }].slice(-MAX_LISTENS);
  return {
    state: { ...call, recording: { ...recording, listens } },
    events: [{ type: "recording_changed", at, state: "listened", employeeId }],
  };
}

/** The exchange has deleted it. */
export function forgetRecording(call: Call, at: number): Decided {
  if (call.recording?.state !== "kept") return nothing(call);
  return changed(without(call, ["recordingDueAt"]), { ...call.recording, state: "deleted" }, "", at);
}

/** The exchange keeps it to itself and cannot be told to delete: how long is decided there. */
export function leaveRecording(call: Call, at: number): Decided {
  if (call.recording?.state !== "kept") return nothing(call);
  return changed(without(call, ["recordingDueAt"]), { ...call.recording, state: "kept_elsewhere" }, "", at);
}

function settled({ pausedSince, ...recording }: Recording, at: number): Recording {
  return { ...recording, pausedMs: recording.pausedMs + (pausedSince === undefined ? 0 : Math.max(0, at - pausedSince)) };
}

function changed(call: Call | Omit<Call, "recordingDueAt">, recording: Recording, employeeId: string, at: number): Decided {
  return { state: { ...(call as Call), recording }, events: [{ type: "recording_changed", at, state: recording.state, employeeId }] };
}

/** What exchanges have recorded under our names; any instance may fetch it there. */
export type Recordings = Disposable & {
  /** @throws DomainError not_found recording_gone; rule_violated recording_elsewhere; pbx_unavailable, pbx_action_timeout */
  read(connectorId: string, name: string): AsyncIterable<Uint8Array>;
  /** Gone already: no error. @throws as read does */
  remove(connectorId: string, name: string): Promise<void>;
  /** Whether this exchange deletes when it is told; one that is not connected any more may again. */
  deletes(connectorId: string): boolean;
};
