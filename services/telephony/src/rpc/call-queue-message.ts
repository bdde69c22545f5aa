import { messageOf } from "@trunkline/proto";
import { type CallQueue as CallQueueMessage, CallQueueSchema } from "@trunkline/proto/telephony";
import { type CallQueue, NOT_RECORDED, type Strategy, type WrapUp } from "../domain/call-queue.ts";

export const toMessage = (queue: CallQueue) => messageOf(CallQueueSchema, { ...queue, queueId: queue.id });

/** What the message leaves out has its usual value. */
export function fromMessage(message: CallQueueMessage): CallQueue {
  const {
    queueId,
    name,
    strategy,
    skills,
    relaxations,
    agents,
    overflow,
    calendarId,
    priority,
    gradePriority,
    wrapUp,
    autoPauseAfter,
    recording,
    callback,
  } = message;
  return {
    id: queueId,
    name,
    strategy: strategy as Strategy,
    skills: skills.map(({ skill, level }) => ({ skill, level })),
    relaxations: relaxations.map(({ afterMs, levels }) => ({ afterMs: Number(afterMs), levels })),
    agents: agents.map(({ employeeId, tier }) => ({ employeeId, tier })),
    targetMs: Number(message.targetMs),
    offerMs: Number(message.offerMs),
    maxWaitMs: Number(message.maxWaitMs),
    preferLastAgentMs: Number(message.preferLastAgentMs),
    overflow,
    calendarId,
    priority,
    gradePriority: { ...gradePriority },
    wrapUp: {
      mode: (wrapUp?.mode ?? "optional") as WrapUp["mode"],
      limitMs: Number(wrapUp?.limitMs ?? 60_000),
      dispositions: (wrapUp?.dispositions ?? []).map((one) => ({ code: one.code, name: one.name })),
      defaultDisposition: wrapUp?.defaultDisposition || "not_given",
    },
    autoPauseAfter,
    ...(callback
      ? {
          callback: {
            first: callback.first === "customer" ? "customer" : "agent",
            key: callback.key,
            attempts: callback.attempts,
            gapMs: Number(callback.gapMs),
          },
        }
      : {}),
    recording: recording ? { mode: recording.mode === "all" ? "all" : "off", keepDays: recording.keepDays } : NOT_RECORDED,
  };
}
