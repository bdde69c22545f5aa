import { callerOf } from "../../facts/caller.ts";
import type { Caller } from "../../facts/facts.ts";
import { type AmiFrame, field } from "./frame.ts";

/** The caller as a channel's keys tell it. */
export function callerOfFrame(frame: AmiFrame): Caller {
  return callerOf(field(frame, "CallerIDNum"), field(frame, "CallerIDName"), field(frame, "Exten"));
}

/** When it happened, by the exchange's own clock (`timestampevents`). UTC epoch ms; 0 where it does not say. */
export function stampOf(frame: AmiFrame): number {
  const seconds = Number(field(frame, "Timestamp") || Number.NaN);
  return seconds > 0 && seconds < 1e11 ? Math.round(seconds * 1000) : 0;
}
