import { isDomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { recordSent, recordSuppressed, recordUnsent } from "../domain/survey.ts";

/**
 * Asks marketing to send the link. No answer counts as no for now: the survey's own timer tries again, so an outage of
 * marketing holds up nothing here.
 */
export async function sendSurvey(
  { surveys, sendSurvey: send, surveyTokens, now, log }: Context,
  scope: CallScope,
  surveyId: string,
): Promise<void> {
  const survey = await surveys.get(scope.tenant, surveyId);
  if (survey.state !== "invited") return;
  try {
    const link = surveyTokens.link(scope.tenant, surveyId);
    const outcome = await send(scope, { surveyId, customerId: survey.customerId, link });
    await surveys.update(scope, surveyId, (current) =>
      outcome.sent ? recordSent(current, outcome.messageId, now()) : recordSuppressed(current, outcome.reason, now()),
    );
  } catch (error) {
    if (!isDomainError(error)) throw error;
    log.warn({ code: error.code, surveyId }, "marketing did not take the survey; it is tried again");
    await surveys.update(scope, surveyId, (current) => recordUnsent(current, now()));
  }
}
