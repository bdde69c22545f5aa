import { agentStateParts } from "./agent-fact.ts";
import { callParts } from "./call-fact.ts";
import type { Fact, Kind, Part } from "./fact.ts";
import * as work from "./work-fact.ts";

/** What a fact of each kind counts, from its memory alone. */
export const PARTS: Readonly<Record<Kind, (memory: Fact["memory"]) => readonly Part[]>> = {
  call: callParts,
  agent_state: agentStateParts,
  request: work.requestParts,
  work_order: work.workOrderParts,
  survey: work.surveyParts,
  callback: work.callbackParts,
  message: work.messageParts,
};
