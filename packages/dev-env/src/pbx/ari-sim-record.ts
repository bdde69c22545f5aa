import type { AriReply } from "./ari-sim-server.ts";
import { type AriBridge, type AriWorld, tellRecording } from "./ari-sim-world.ts";

/** Recordings of the simulated exchange: live while their bridge is, then stored as a WAV of silence. */
export type AriRecording = {
  readonly name: string;
  readonly bridge: string;
  state: "recording" | "paused" | "done";
  readonly since: number;
};

const NONE: AriReply = { status: 404, body: { message: "Recording not found" } };
const BYTES_PER_MS = 16;
const LONGEST_MS = 60_000;

export function recordBridge(world: AriWorld, bridge: AriBridge, name: string): AriReply {
  if (world.recordings.has(name))
    return { status: 409, body: { message: `Recording '${name}' already exists and can not be overwritten` } };
  const recording: AriRecording = { name, bridge: bridge.id, state: "recording", since: world.now() };
  world.recordings.set(name, recording);
  const body = { name, format: "wav", state: "queued", target_uri: `bridge:${bridge.id}` };
  return { status: 201, body, effect: () => tellRecording(world, "RecordingStarted", recording) };
}

/** The bridge is no more: what it recorded is stored. */
export function storeRecordings(world: AriWorld, bridge: string): void {
  for (const recording of world.recordings.values()) {
    if (recording.bridge !== bridge || recording.state === "done") continue;
    recording.state = "done";
    tellRecording(world, "RecordingFinished", recording, Math.max(1, Math.round((world.now() - recording.since) / 1000)));
  }
}

/** @param what method and place: "POST live pause" */
export function recordingRequest({ recordings, now }: AriWorld, what: string, name: string): AriReply {
  const found = recordings.get(name);
  const stored = what.split(" ")[1] === "stored";
  if (found === undefined || stored !== (found.state === "done")) return NONE;
  switch (what) {
    case "POST live pause":
      found.state = "paused";
      return { status: 204 };
    case "DELETE live pause":
      found.state = "recording";
      return { status: 204 };
    case "GET stored file":
      return { status: 200, body: silence(Math.min(LONGEST_MS, now() - found.since)) };
    case "DELETE stored":
      recordings.delete(name);
      return { status: 204 };
    default:
      return NONE;
  }
}

/** 8,000 samples of 16 bits a second. */
function silence(ms: number): Buffer {
  const data = Buffer.alloc(ms * BYTES_PER_MS);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
