import type { AgentSessionEvent } from "@trunkline/proto/telephony";
import { measureCode } from "../domain/agent-fact.ts";
import type { FactChange } from "../domain/fact.ts";
import type { Told } from "./told.ts";

/** A change tells what the state before it was and how long that lasted. */
export function agentStateChange({ event: { event }, at }: Told<AgentSessionEvent>): FactChange {
  if (event.case !== "stateChanged") return { memory: {} };
  const lastedMs = Number(event.value.previousMs);
  return { at: at - lastedMs, memory: { measure: measureCode(event.value.previousState), endedAt: at, lastedMs } };
}
