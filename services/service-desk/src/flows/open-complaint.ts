import { type CallScope, contentId } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { noteSurvey } from "../domain/request.ts";
import { isLow, withCase } from "../domain/survey.ts";
import { COMPLAINT_SUBJECT } from "../domain/survey-text.ts";
import { openRequest } from "./open-request.ts";

/** A tenant that wants complaints apart saves a queue under this id. */
const COMPLAINTS_QUEUE = "complaints";

/**
 * Notes the answer on the request it is about; a low score opens a complaint linked both ways. The complaint's id is made
 * from the survey's, so that one answer opens one complaint however often its event comes.
 */
export async function followUpAnswer(context: Context, scope: CallScope, surveyId: string): Promise<void> {
  const { requests, surveys } = context;
  const { requestId, score, answeredAt = context.now() } = await surveys.get(scope.tenant, surveyId);
  const caseRequestId = isLow(score) ? await openComplaint(context, scope, surveyId) : "";
  await requests.update(scope, requestId, (request) => noteSurvey(request, { score, caseRequestId, at: answeredAt, by: scope.actor }));
}

async function openComplaint(context: Context, scope: CallScope, surveyId: string): Promise<string> {
  const { requests, queues, surveys, surveyLanguage } = context;
  const { tenant } = scope;
  const { requestId, customerId, score, comment, answeredAt = context.now() } = await surveys.get(tenant, surveyId);
  const original = await requests.get(tenant, requestId);
  const id = contentId(tenant, "complaint", surveyId);
  if (!(await requests.find(tenant, id))) {
    const queueId = (await queues.find(tenant, COMPLAINTS_QUEUE)) ? COMPLAINTS_QUEUE : original.queueId;
    const subject = COMPLAINT_SUBJECT[surveyLanguage](score);
    await openRequest(
      context,
      scope,
      queueId,
      {
        id,
        type: "complaint",
        priority: "high",
        subject,
        description: comment,
        customerId,
        callId: "",
        surveyId,
        relatedRequestIds: [requestId],
      },
      answeredAt,
    );
  }
  await surveys.update(scope, surveyId, (survey) => withCase(survey, id));
  return id;
}
