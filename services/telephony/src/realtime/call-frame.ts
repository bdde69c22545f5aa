import type { Frame } from "@trunkline/desktop-client";
import { asksOf, type Call, wrapUpUntil } from "../domain/call-state.ts";

/** What the call is to this agent now. */
export function callFrame(call: Call, employeeId: string, revision: number, state: string): Frame {
  const asks = call.employeeId === employeeId ? asksOf(call) : undefined;
  // Also while the call rings again at who still wraps it up.
  const until = wrapUpUntil(call, employeeId);
  return { type: "call", key: `call:${call.id}`, revision, callId: call.id, state, ...until, ...(asks ? { asks } : {}) };
}
