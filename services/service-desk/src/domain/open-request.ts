import { addBusinessMs, type BusinessCalendar } from "@trunkline/calendar";
import { type LadderStep, type Request, type RequestDecision, type TargetClock, type TargetName, withHistory } from "./request.ts";
import type { RequestQueue } from "./request-queue.ts";
import { zonedDate } from "./zoned-date.ts";

export type NewRequest = Pick<Request, "id" | "type" | "priority" | "subject" | "description" | "customerId" | "callId"> & {
  readonly surveyId?: string;
  readonly relatedRequestIds?: readonly string[];
};

/**
 * Opens a request in its queue. The ladder's and the targets' due times are laid out here, on the queue's calendar as it
 * is now: later changes of queue or calendar are for later requests.
 * @param at when the customer asked, epoch milliseconds: the targets start there, open or not
 * @throws DomainError what addBusinessMs throws
 */
export function openRequest(
  input: NewRequest,
  queue: RequestQueue,
  calendar: BusinessCalendar,
  { at, by }: { at: number; by: string },
): RequestDecision {
  const ladder = ladderSteps(queue, calendar, at);
  const ownerId = ladder[0]?.ownerId ?? queue.ownerId;
  const { id, type, priority, subject, description, customerId, callId, surveyId = "", relatedRequestIds = [] } = input;
  const blank: Request = {
    id,
    type,
    priority: priority || "normal",
    subject,
    description,
    customerId,
    callId,
    surveyId,
    year: Number(zonedDate(at, calendar.timeZone).slice(0, 4)),
    state: "new",
    queueId: queue.id,
    ownerId,
    level: 1,
    ladder,
    history: [],
    workOrderIds: [],
    engineerIds: [],
    relatedRequestIds: [...new Set(relatedRequestIds)],
    openedAt: at,
    resolution: "",
    targets: [...target("first_response", queue.firstResponseMs, calendar, at), ...target("resolution", queue.resolutionMs, calendar, at)],
  };
  return {
    state: withHistory(blank, { at, what: "opened", actor: by }),
    events: [{ type: "opened", at, request: { type, priority: blank.priority, queueId: queue.id, ownerId, customerId, callId, surveyId } }],
  };
}

/** Limits add up from the opening, so how late a level was entered does not shift the next. */
function ladderSteps({ ladder }: RequestQueue, calendar: BusinessCalendar, at: number): LadderStep[] {
  let from = at;
  return ladder.map(({ level, ownerId, limitMs }, index) => {
    if (index === ladder.length - 1) return { level, ownerId };
    from = addBusinessMs(calendar, from, limitMs);
    return { level, ownerId, until: from };
  });
}

function target(name: TargetName, businessMs: number, calendar: BusinessCalendar, at: number): TargetClock[] {
  return businessMs > 0 ? [{ target: name, businessMs, dueAt: addBusinessMs(calendar, at, businessMs), missed: false }] : [];
}
