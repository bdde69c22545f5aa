import { callerOf } from "../../facts/caller.ts";
import type { Caller } from "../../facts/facts.ts";
import { type AmiFrame, field } from "./frame.ts";

/** The caller as a channel's keys tell it. */
export function callerOfFrame(frame: AmiFrame): Caller {
  return callerOf(field(frame, "CallerIDNum"), field(frame, "CallerIDName"), field(frame, "Exten"));
}

/** The event's own time, where the exchange stamps its events (`timestampevents`), else the receipt. UTC epoch ms. */
export function timeOf(frame: AmiFrame, receivedAt: number): number {
  const seconds = Number(field(frame, "Timestamp") || Number.NaN);
  return seconds > 0 && seconds < 1e11 ? Math.round(seconds * 1000) : receivedAt;
}
