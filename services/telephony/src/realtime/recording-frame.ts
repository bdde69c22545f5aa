import type { RecordingFrame } from "@trunkline/desktop-client";
import { RECORDING_STATES } from "@trunkline/desktop-client/protocol";

/** What the agent is told of a recording; where it is kept, who listens to it later, and when it is deleted, is not theirs to know. */
export function recordingFrame(callId: string, told: string, revision: number): RecordingFrame | undefined {
  const state = RECORDING_STATES.find((one) => one === (told === "kept_elsewhere" ? "kept" : told));
  return state && { type: "recording", key: `recording:${callId}`, revision, callId, state };
}
