import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { AgentSessionEvent } from "@trunkline/proto/telephony";
import { measureCode } from "../domain/agent-fact.ts";
import type { FactChange } from "../domain/fact.ts";

/** A change tells what the state before it was and how long that lasted. */
export function agentStateChange({ event, occurredAt }: AgentSessionEvent): FactChange {
  if (event.case !== "stateChanged") return { memory: {} };
  const endedAt = occurredAt ? timestampMs(occurredAt) : 0;
  const lastedMs = Number(event.value.previousMs);
  return { at: endedAt - lastedMs, memory: { measure: measureCode(event.value.previousState), endedAt, lastedMs } };
}
